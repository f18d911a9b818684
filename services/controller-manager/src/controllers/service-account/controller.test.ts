import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapKind, namespaceKind, serviceAccountKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { rootCaPublisher } from '../root-ca-publisher/controller.ts';
import { serviceAccountController } from './controller.ts';

test('every namespace gets its account and the CA, and gets them back', async () => {
  const { client, settle, stop } = await startControllers((context) => [
    serviceAccountController(context),
    rootCaPublisher(context, 'PEM'),
  ]);
  await client.resource(namespaceKind).create({ metadata: { name: 'd' }, spec: {} });
  await settle();
  const account = { namespace: 'd', name: 'default' };
  const ca = { namespace: 'd', name: 'kube-root-ca.crt' };
  assert.equal((await client.resource(serviceAccountKind).get(account)).metadata.name, 'default');
  await client.resource(configMapKind).patch(ca, { type: 'merge', body: { data: { 'ca.crt': 'forged' } } });
  await client.resource(serviceAccountKind).delete(account);
  await settle();
  assert.equal((await client.resource(configMapKind).get(ca)).data?.['ca.crt'], 'PEM');
  assert.equal((await client.resource(serviceAccountKind).get(account)).metadata.name, 'default');
  stop();
});
