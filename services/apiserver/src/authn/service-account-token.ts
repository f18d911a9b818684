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

/** Tokens of service accounts: valid while the account and the pod they are bound to exist with the same uids. */
export function serviceAccountTokens({ verify, cache, audiences: own }: ServiceAccountTokenOptions): TokenAuthenticator {
  const exists = (resource: string, namespace: string, { name, uid }: { name: string; uid: string }): boolean =>
    cache.resource(resource).get(`${namespace}/${name}`)?.object.metadata.uid === uid;
  return async (token, audiences = own) => {
    try {
      const { namespace, serviceAccount, pod, audiences: issued } = await verify(token, { audiences, now: Math.floor(Date.now() / 1000) });
      if (!exists('serviceaccounts', namespace, serviceAccount)) throw new InvalidToken('the service account is gone');
      if (pod && !exists('pods', namespace, pod)) throw new InvalidToken('the pod is gone');
      const extra = pod && { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] };
      const user = {
        name: serviceAccountUserName(namespace, serviceAccount.name),
        uid: serviceAccount.uid,
        groups: serviceAccountGroups(namespace),
        ...(extra && { extra }),
      };
      return { user, audiences: audiences.filter((audience) => issued.includes(audience)) };
    } catch (error) {
      if (error instanceof InvalidToken) throw unauthorized();
      throw error;
    }
  };
}
