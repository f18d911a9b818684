/** `kubectl --as`: a request in the name of somebody else, where the one who asks may speak for them (v1.34). */
import { type Attributes, type Authorizer, serviceAccountGroups } from '@t8s/auth';
import { internalError } from '@t8s/meta';
import { authorizeAs } from '../authz/authorize.ts';
import type { RequestContext, User } from '../context.ts';
import { extraValues } from './front-proxy.ts';

const userHeader = 'impersonate-user';
const uidHeader = 'impersonate-uid';
const groupHeader = 'impersonate-group';
const extraPrefix = 'impersonate-extra-';
const authenticated = 'system:authenticated';
const unauthenticated = 'system:unauthenticated';

interface Asked {
  name: string;
  uid: string;
  groups: readonly string[];
  extra: Record<string, string[]>;
}

/** From here on the request is the other one's. Throws Forbidden for each part that the asking user may not take on. */
export function impersonate(context: RequestContext, authorizer: Authorizer): void {
  const { request, user } = context;
  const { headers, headersDistinct } = request;
  if (headers[userHeader] === undefined && !Object.keys(headers).some((name) => name.startsWith('impersonate-'))) return;
  const asked: Asked = {
    name: headersDistinct[userHeader]?.[0] ?? '',
    uid: headersDistinct[uidHeader]?.[0] ?? '',
    groups: headersDistinct[groupHeader] ?? [],
    extra: extraValues(headersDistinct, [extraPrefix]),
  };
  for (const name of Object.keys(headers)) if (name.startsWith('impersonate-')) delete headers[name];
  if (asked.name === '') {
    if (asked.uid === '' && asked.groups.length === 0 && Object.keys(asked.extra).length === 0) return;
    throw internalError(`requested ${JSON.stringify(withoutName(asked))} without impersonating a user`);
  }
  for (const part of partsOf(asked, user)) authorizeAs(part, authorizer);
  context.user = become(asked);
}

const withoutName = ({ groups, uid, extra }: Asked): object => ({ groups, ...(uid && { uid }), extra });

/** `system:serviceaccount:<namespace>:<name>`. */
function serviceAccount(name: string): { namespace: string; name: string } | undefined {
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  return namespace !== undefined && account !== undefined ? { namespace, name: account } : undefined;
}

/** What must be allowed, each for itself. */
function partsOf({ name, uid, groups, extra }: Asked, user: User): Attributes[] {
  const part = (resource: string, of: { name: string; group?: string; subresource?: string; namespace?: string }): Attributes => ({
    user,
    verb: 'impersonate',
    group: '',
    resource,
    subresource: '',
    namespace: '',
    ...of,
  });
  const account = serviceAccount(name);
  const group = 'authentication.k8s.io';
  return [
    account ? part('serviceaccounts', account) : part('users', { name }),
    ...groups.map((one) => part('groups', { name: one })),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => part('userextras', { group, subresource: key, name: value })),
    ),
    ...(uid === '' ? [] : [part('uids', { group, name: uid })]),
  ];
}

function become({ name, uid, groups, extra }: Asked): User {
  const account = serviceAccount(name);
  const own = groups.length === 0 && account ? serviceAccountGroups(account.namespace) : groups;
  const implied = name === 'system:anonymous' ? unauthenticated : authenticated;
  const all = own.includes(implied) || own.includes(unauthenticated) ? own : [...own, implied];
  return { name, groups: all, ...(uid !== '' && { uid }), ...(Object.keys(extra).length > 0 && { extra }) };
}
