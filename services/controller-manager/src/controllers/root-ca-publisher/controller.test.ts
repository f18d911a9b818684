import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapKind, namespaceKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { rootCaPublisher } from './controller.ts';

test('every namespace has the CA, and gets it back when someone forges or deletes it', async () => {
  const { client, settle, stop } = await startControllers((context) => [rootCaPublisher(context, 'PEM')]);
  const configMaps = client.resource(configMapKind);
  await client.resource(namespaceKind).create({ metadata: { name: 'd' }, spec: {} });
  await settle();
  const ca = { namespace: 'd', name: 'kube-root-ca.crt' };
  await configMaps.patch(ca, { type: 'merge', body: { data: { 'ca.crt': 'forged', extra: 'x' } } });
  await settle();
  assert.deepEqual((await configMaps.get(ca)).data, { 'ca.crt': 'PEM' });
  await configMaps.delete(ca);
  await settle();
  assert.deepEqual((await configMaps.get(ca)).data, { 'ca.crt': 'PEM' });
  stop();
});

test('namespaces on their way out are left alone', async () => {
  const { client, settle, stop } = await startControllers((context) => [rootCaPublisher(context, 'PEM')]);
  await client.resource(namespaceKind).create({ metadata: { name: 'd', finalizers: ['x'] }, spec: {} });
  await settle();
  await client.resource(namespaceKind).delete({ name: 'd' });
  await client.resource(configMapKind).delete({ namespace: 'd', name: 'kube-root-ca.crt' });
  await settle();
  assert.deepEqual((await client.resource(configMapKind).list({ namespace: 'd' })).items, []);
  stop();
});
