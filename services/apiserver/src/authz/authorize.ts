import type { Attributes, Authorizer, ResourceAttributes } from '@t8s/auth';
import { forbidden, formatGroupResource, isStatus, parseFieldSelector } from '@t8s/meta';
import type { RequestContext } from '../context.ts';

type Asked = Pick<RequestContext, 'info' | 'user' | 'query'>;

/** Throws Forbidden in upstream's words. */
export const authorize = (context: Asked, authorizer: Authorizer): void => authorizeAs(attributesOf(context), authorizer);

/** As `authorize`, for what a request asks besides itself. */
export function authorizeAs(attributes: Attributes, authorizer: Authorizer): void {
  const { decision, reason } = authorizer(attributes);
  if (decision === 'allow') return;
  const why = `${refusal(attributes)}${reason === '' ? '' : `: ${reason}`}`;
  throw 'path' in attributes ? forbidden({ group: '', resource: '' }, '', why) : forbidden(attributes, attributes.name, why);
}

export function attributesOf({ info, user, query }: Asked): Attributes {
  if (!info.isResource) return { user, verb: info.verb, path: info.path };
  const { verb, group, resource, subresource, name, namespace } = info;
  const attributes: ResourceAttributes = { user, verb, group, resource, subresource, name, namespace };
  const selector = name === '' && (verb === 'list' || verb === 'watch' || verb === 'deletecollection') && query.get('fieldSelector');
  if (!selector) return attributes;
  const fields = requiredFields(selector);
  return { ...attributes, name: fields['metadata.name'] ?? '', fields };
}

/** Fields a selector pins to a value; none for one that can't be read, which is refused later. */
export function requiredFields(selector: string): Record<string, string> {
  try {
    const { requirements } = parseFieldSelector(selector);
    return Object.fromEntries(requirements.filter(({ operator }) => operator === '=').map(({ field, value }) => [field, value]));
  } catch (error) {
    if (!isStatus(error, 'BadRequest')) throw error;
    return {};
  }
}

function refusal(attributes: Attributes): string {
  const { user, verb } = attributes;
  if ('path' in attributes) return `User "${user.name}" cannot ${verb} path "${attributes.path}"`;
  const { group, resource, subresource, namespace } = attributes;
  const what = formatGroupResource({ group: '', resource: subresource === '' ? resource : `${resource}/${subresource}` });
  return `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`}`;
}
