/** Secrets of type kubernetes.io/service-account-token, and the accounts they are of. */
import { type Secret, type ServiceAccount, secretKind } from '@t8s/api';
import type { Informer, InformerSet } from '@t8s/informer';

const type = 'kubernetes.io/service-account-token';
export const accountNameAnnotation = 'kubernetes.io/service-account.name';
export const accountUidAnnotation = 'kubernetes.io/service-account.uid';

export const accountSecrets = (informers: InformerSet): Informer<Secret> =>
  informers.informer(secretKind, { fieldSelector: `type=${type}` });

/** `namespace/name` of the account. */
export const accountKey = ({ metadata: { namespace = '', annotations = {} } }: Secret): string =>
  `${namespace}/${annotations[accountNameAnnotation] ?? ''}`;

/** Whether the secret is of this account, and of no earlier one of its name. */
export function isOf(secret: Secret, { metadata: { uid } }: ServiceAccount): boolean {
  const of = secret.metadata.annotations?.[accountUidAnnotation] ?? '';
  return of === '' || of === uid;
}
