import { forbidden, formatGroupResource } from '@t8s/meta';
import type { RequestContext, User } from '../context.ts';

/** The control plane's own identities; until RBAC comes they and administrators may act, nobody else. */
const components = new Set(['system:kube-scheduler', 'system:kube-controller-manager', 'system:kube-proxy', 'system:apiserver']);
const trustedGroups = new Set(['system:masters', 'system:nodes', 'system:serviceaccounts:kube-system']);
const openPaths = /^\/(healthz|livez|readyz|version)(\/|$)/;
/** What everybody known may read: upstream's system:discovery. */
const discoveryPaths = /^\/(api|apis|openapi)(\/|$)/;

/** Throws Forbidden in upstream's words. */
export function authorize({ info, user }: RequestContext): void {
  if (components.has(user.name) || user.groups.some((group) => trustedGroups.has(group))) return;
  if (!info.isResource) {
    if (
      info.verb === 'get' &&
      (openPaths.test(info.path) || (user.groups.includes('system:authenticated') && discoveryPaths.test(info.path)))
    )
      return;
    throw forbidden({ group: '', resource: '' }, '', `User "${user.name}" cannot ${info.verb} path "${info.path}"`);
  }
  throw forbidden({ group: info.group, resource: info.resource }, info.name, refusal(user, info));
}

function refusal({ name }: User, { verb, group, resource, subresource, namespace }: RequestContext['info']): string {
  const what = formatGroupResource({ group: '', resource: subresource === '' ? resource : `${resource}/${subresource}` });
  return `User "${name}" cannot ${verb} resource "${what}" in API group "${group}" ${namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`}`;
}
