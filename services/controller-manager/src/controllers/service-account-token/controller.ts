/** Fills secrets of type kubernetes.io/service-account-token for the account they name, and deletes them when it goes. */
import { type Secret, type ServiceAccount, secretKind, serviceAccountKind } from '@t8s/api';
import { createLegacyTokenIssuer } from '@t8s/auth';
import { Controller } from '@t8s/controller';
import { ifFound, ifUnchanged, objectKey } from '@t8s/meta';
import { accountKey, accountNameAnnotation, accountSecrets, accountUidAnnotation, isOf } from '../../account-secrets.ts';
import type { ControllerContext } from '../../context.ts';

export interface ServiceAccountTokenOptions {
  /** PEM, as below. Signs the tokens. */
  privateKey: string;
  /** What the secrets say of the apiserver's CA; nothing where undefined. */
  rootCa: string | undefined;
}

export function serviceAccountTokenController(
  { client, informers, clock, log }: ControllerContext,
  { privateKey, rootCa }: ServiceAccountTokenOptions,
): Controller {
  const issue = createLegacyTokenIssuer(privateKey);
  const secrets = accountSecrets(informers);
  const accounts = informers.informer(serviceAccountKind);
  secrets.addIndex('account', (secret) => [accountKey(secret)]);
  accounts.addIndex('secret', ({ metadata, secrets: refs = [] }) => refs.map(({ name }) => `${metadata.namespace}/${name}`));
  const controller = new Controller({ name: 'serviceaccount-token', informers: [secrets, accounts], reconcile, log, clock });
  controller.watch(secrets, (secret) => [objectKey(secret)]);
  controller.watch(accounts, (account) => secrets.byIndex('account', objectKey(account)).map(objectKey));
  return controller;

  async function reconcile(key: string): Promise<void> {
    const secret = secrets.get(key);
    if (!secret) return forget(key);
    const account = await accountOf(secret);
    if (account) return fill(secret, account);
    const { namespace = '', name = '', uid } = secret.metadata;
    log.debug({ secret: key }, 'service account does not exist, deleting token');
    await ifUnchanged(client.resource(secretKind).delete({ namespace, name }, { preconditions: { ...(uid !== undefined && { uid }) } }));
  }

  /** What memory doesn't know may be there by now. */
  async function accountOf(secret: Secret): Promise<ServiceAccount | undefined> {
    const { namespace = '', annotations = {} } = secret.metadata;
    const known = accounts.get(accountKey(secret));
    if (known && isOf(secret, known)) return known;
    const name = annotations[accountNameAnnotation] ?? '';
    const found = await ifFound(client.resource(serviceAccountKind).get({ namespace, name }));
    return found && isOf(secret, found) ? found : undefined;
  }

  async function fill(secret: Secret, { metadata: { name = '', uid = '' } }: ServiceAccount): Promise<void> {
    const { namespace = '', name: secretName = '', annotations, deletionTimestamp } = secret.metadata;
    const data = { ...secret.data };
    const ca = rootCa === undefined ? undefined : base64(rootCa);
    const isComplete = (ca === undefined || data['ca.crt'] === ca) && data['namespace'] && data['token'];
    if (isComplete || deletionTimestamp) return;
    if (ca !== undefined) data['ca.crt'] = ca;
    data['namespace'] ||= base64(namespace);
    data['token'] ||= base64(await issue({ namespace, serviceAccount: { name, uid }, secretName }));
    const owner = { [accountNameAnnotation]: name, [accountUidAnnotation]: uid };
    await ifFound(
      client.resource(secretKind).update({ ...secret, metadata: { ...secret.metadata, annotations: { ...annotations, ...owner } }, data }),
    );
  }

  /** An account does not refer to a secret that is gone. */
  async function forget(key: string): Promise<void> {
    const secretName = key.split('/')[1];
    for (const account of accounts.byIndex('secret', key)) {
      await ifFound(
        client
          .resource(serviceAccountKind)
          .update({ ...account, secrets: (account.secrets ?? []).filter(({ name }) => name !== secretName) }),
      );
    }
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
