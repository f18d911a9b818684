import { forbidden, formatGroupResource } from '@t8s/meta';
import type { RequestContext, User } from '../context.ts';
import type { RequestInfo } from '../request-info.ts';
import { rulesFor } from './rules.ts';

/** What somebody wants to do: the part of a request that decides. */
export type Attributes = Pick<RequestInfo, 'isResource' | 'path' | 'verb' | 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>;

/** Throws Forbidden in upstream's words. */
export function authorize({ info, user }: RequestContext): void {
  if (isAllowed(user, info)) return;
  if (!info.isResource) throw forbidden({ group: '', resource: '' }, '', `User "${user.name}" cannot ${info.verb} path "${info.path}"`);
  throw forbidden({ group: info.group, resource: info.resource }, info.name, refusal(user, info));
}

export function isAllowed(user: User, { isResource, path, verb, group, resource, subresource }: Attributes): boolean {
  const { resources, paths } = rulesFor(user);
  if (!isResource)
    return paths.some(({ verbs, nonResourceURLs = [] }) => names(verbs, verb) && nonResourceURLs.some((url) => coversPath(url, path)));
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  return resources.some((rule) => names(rule.verbs, verb) && names(rule.apiGroups ?? [], group) && names(rule.resources ?? [], what));
}

const names = (list: readonly string[], one: string): boolean => list.includes('*') || list.includes(one);

/** `/api/*` is whatever begins with `/api/`. */
const coversPath = (url: string, path: string): boolean => (url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : path === url);

function refusal({ name }: User, { verb, group, resource, subresource, namespace }: Attributes): string {
  const what = formatGroupResource({ group: '', resource: subresource === '' ? resource : `${resource}/${subresource}` });
  return `User "${name}" cannot ${verb} resource "${what}" in API group "${group}" ${namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`}`;
}
