/** Bootstrap tokens: the Secrets of kube-system by which machines join (https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/). */
import { type Secret, secretKind } from '@t8s/api';
import type { Informer, InformerSet } from '@t8s/informer';
import { parseTime } from '@t8s/meta';

export const tokenNamespace = 'kube-system';

/** Tokens, and no other Secret. */
export const tokenInformer = (informers: InformerSet): Informer<Secret> =>
  informers.informer(secretKind, { namespace: tokenNamespace, fieldSelector: 'type=bootstrap.kubernetes.io/token' });

export const field = ({ data }: Secret, key: string): string => Buffer.from(data?.[key] ?? '', 'base64').toString();

/** When a token ends, in milliseconds since the epoch: never where it doesn't say, long ago where what it says is no time. */
export function expiry(secret: Secret): number {
  const text = field(secret, 'expiration');
  return text === '' ? Number.POSITIVE_INFINITY : (parseTime(text) ?? 0);
}
