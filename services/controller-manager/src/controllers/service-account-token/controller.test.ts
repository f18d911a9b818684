import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Secret, secretKind, serviceAccountKind } from '@t8s/api';
import { createSigningKey, createTokenVerifier, tokenKeys } from '@t8s/auth';
import { isStatus } from '@t8s/meta';
import { eventually, type FakeClient } from '@t8s/testkit';
import { startControllers } from '../../test-context.ts';
import { serviceAccountTokenController } from './controller.ts';

/** Resolves with a secret once it has its token: signing takes real time, whatever the clock says. */
const filling = (client: FakeClient, settle: () => Promise<void>) => (name: string) =>
  eventually(async () => {
    await settle();
    const secret = await client.resource(secretKind).get({ namespace: 'd', name });
    assert.ok(secret.data);
    return secret;
  });

test('a secret gets the token of the account it names, and goes with it', async () => {
  const { privateKey, publicKey } = await createSigningKey();
  const { client, settle, stop } = await startControllers((context) => [
    serviceAccountTokenController(context, { privateKey, rootCa: 'PEM' }),
  ]);
  const [accounts, secrets] = [client.resource(serviceAccountKind), client.resource(secretKind)];
  const isFilled = filling(client, settle);
  const read = ({ data = {} }: Secret, key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
  const robot = await accounts.create({ metadata: { namespace: 'd', name: 'robot' } });
  const ask = (name: string, account: string, type = 'kubernetes.io/service-account-token'): Promise<Secret> =>
    secrets.create({ metadata: { namespace: 'd', name, annotations: { 'kubernetes.io/service-account.name': account } }, type });
  await ask('robot-token', 'robot');
  await ask('nobodys', 'nobody');
  await ask('opaque', 'robot', 'Opaque');
  const filled = await isFilled('robot-token');
  assert.deepEqual([read(filled, 'ca.crt'), read(filled, 'namespace')], ['PEM', 'd']);
  assert.equal(filled.metadata.annotations?.['kubernetes.io/service-account.uid'], robot.metadata.uid);
  const claims = await createTokenVerifier({ keys: tokenKeys(publicKey), issuers: [] })(read(filled, 'token'), 0);
  assert.deepEqual([claims?.secret?.name, claims?.serviceAccount], ['robot-token', { name: 'robot', uid: robot.metadata.uid }]);
  await assert.rejects(secrets.get({ namespace: 'd', name: 'nobodys' }), (error) => isStatus(error, 'NotFound'));
  assert.equal((await secrets.get({ namespace: 'd', name: 'opaque' })).data, undefined);

  await secrets.patch({ namespace: 'd', name: 'robot-token' }, { type: 'merge', body: { data: { 'ca.crt': 'b2xk' } } });
  await settle();
  const mended = await secrets.get({ namespace: 'd', name: 'robot-token' });
  assert.deepEqual(mended.data, filled.data, 'the CA is mended, the token stays');
  const writes = client.actions.length;
  await settle(60_000);
  assert.equal(client.actions.length, writes, 'idle is idle');

  await accounts.delete({ namespace: 'd', name: 'robot' });
  await accounts.create({ metadata: { namespace: 'd', name: 'robot' } });
  await settle();
  assert.deepEqual(
    (await secrets.list()).items.map(({ metadata }) => metadata.name),
    ['opaque'],
    'another account of the same name',
  );
  stop();
});

test('an account does not refer to a token that is gone', async () => {
  const { privateKey } = await createSigningKey();
  const { client, settle, stop } = await startControllers((context) => [
    serviceAccountTokenController(context, { privateKey, rootCa: undefined }),
  ]);
  const [accounts, secrets] = [client.resource(serviceAccountKind), client.resource(secretKind)];
  const isFilled = filling(client, settle);
  await accounts.create({ metadata: { namespace: 'd', name: 'robot' }, secrets: [{ name: 'old' }, { name: 'mountable' }] });
  const annotations = { 'kubernetes.io/service-account.name': 'robot' };
  await secrets.create({ metadata: { namespace: 'd', name: 'old', annotations }, type: 'kubernetes.io/service-account-token' });
  await isFilled('old');
  await secrets.delete({ namespace: 'd', name: 'old' });
  await settle();
  assert.deepEqual((await accounts.get({ namespace: 'd', name: 'robot' })).secrets, [{ name: 'mountable' }]);
  stop();
});
