import type { Authorizer } from '@t8s/auth';
import { isAllowed } from './authorize.ts';

/** The server's rules, for those who ask what somebody may do rather than let a request pass. */
export const authorizer: Authorizer = ({ user, ...asked }) => {
  const nothing = { path: '', namespace: '', group: '', resource: '', subresource: '', name: '' };
  const allowed = isAllowed(user, { ...nothing, ...asked, isResource: !('path' in asked) });
  return { decision: allowed ? 'allow' : 'no-opinion', reason: '' };
};
