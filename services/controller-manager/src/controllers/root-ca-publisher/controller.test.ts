import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapKind, namespaceKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { rootCaPublisher } from './controller.ts';

test('every namespace has the CA, whole, and has it again when it was changed or deleted', async () => {
  const { client, settle, stop } = await startControllers((context) => [rootCaPublisher(context, 'PEM')]);
  const ref = { namespace: 'd', name: 'kube-root-ca.crt' };
  const data = async (): Promise<unknown> => (await client.resource(configMapKind).get(ref)).data;
  await client.resource(namespaceKind).create({ metadata: { name: 'd' }, spec: {} });
  await settle();
  assert.deepEqual(await data(), { 'ca.crt': 'PEM' });
  await client.resource(configMapKind).patch(ref, { type: 'merge', body: { data: { 'ca.crt': 'forged', more: 'x' } } });
  await settle();
  assert.deepEqual(await data(), { 'ca.crt': 'PEM' });
  await client.resource(configMapKind).delete(ref);
  await settle();
  assert.deepEqual(await data(), { 'ca.crt': 'PEM' });
  const writes = client.actions.length;
  await settle(60_000);
  assert.equal(client.actions.length, writes, 'idle is idle');
  stop();
});
