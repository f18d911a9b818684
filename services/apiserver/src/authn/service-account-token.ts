import { TokenError, type TokenVerifier } from '@t8s/auth';
import { unauthorized } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import type { TokenAuthenticator } from './authenticate.ts';

/** Tokens of service accounts: valid while the account and the pod they are bound to exist with the same uids. */
export function serviceAccountTokens(verifier: TokenVerifier, cache: WatchCache): TokenAuthenticator {
  const exists = (resource: string, namespace: string, { name, uid }: { name: string; uid: string }): boolean => {
    const object = cache.resource(resource).get(`${namespace}/${name}`)?.object;
    return object?.metadata.uid === uid;
  };
  return async (token) => {
    try {
      const { namespace, serviceAccount, pod } = await verifier.verify(token);
      if (!exists('serviceaccounts', namespace, serviceAccount)) throw new TokenError('the service account is gone');
      if (pod && !exists('pods', namespace, pod)) throw new TokenError('the pod is gone');
      return {
        name: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
        uid: serviceAccount.uid,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
        ...(pod && { extra: { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] } }),
      };
    } catch (error) {
      if (error instanceof TokenError) throw unauthorized();
      throw error;
    }
  };
}
