import { InvalidToken, serviceAccountGroups, serviceAccountUserName, type TokenVerifier } from '@t8s/auth';
import { unauthorized } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import type { TokenAuthenticator } from './authenticate.ts';

export interface ServiceAccountTokenOptions {
  verify: TokenVerifier;
  cache: WatchCache;
  /** A token must be for one of these (--api-audiences). */
  audiences: readonly string[];
}

const prefix = 'authentication.kubernetes.io/';

/** Tokens of service accounts: valid while the account and what they are bound to exist with the same uids. */
export function serviceAccountTokens({ verify, cache, audiences: own }: ServiceAccountTokenOptions): TokenAuthenticator {
  const exists = (resource: string, namespace: string, { name, uid }: { name: string; uid: string }): boolean =>
    cache.resource(resource).get(namespace === '' ? name : `${namespace}/${name}`)?.object.metadata.uid === uid;
  return async (token, audiences = own) => {
    try {
      const claims = await verify(token, { audiences, now: Math.floor(Date.now() / 1000) });
      const { namespace, serviceAccount, pod, secret, node, id, audiences: issued } = claims;
      if (!exists('serviceaccounts', namespace, serviceAccount)) throw new InvalidToken('the service account is gone');
      if (pod && !exists('pods', namespace, pod)) throw new InvalidToken('the pod is gone');
      if (secret && !exists('secrets', namespace, secret)) throw new InvalidToken('the secret is gone');
      // The node of a pod is told, not asked for: the pod ends with it.
      if (node && !pod && !exists('nodes', '', node)) throw new InvalidToken('the node is gone');
      const extra = {
        ...(id !== '' && { [`${prefix}credential-id`]: [`JTI=${id}`] }),
        ...(node && { [`${prefix}node-name`]: [node.name], ...(node.uid !== '' && { [`${prefix}node-uid`]: [node.uid] }) }),
        ...(pod && { [`${prefix}pod-name`]: [pod.name], [`${prefix}pod-uid`]: [pod.uid] }),
      };
      const user = {
        name: serviceAccountUserName(namespace, serviceAccount.name),
        uid: serviceAccount.uid,
        groups: serviceAccountGroups(namespace),
        extra,
      };
      return { user, audiences: audiences.filter((audience) => issued.includes(audience)) };
    } catch (error) {
      if (error instanceof InvalidToken) throw unauthorized();
      throw error;
    }
  };
}
