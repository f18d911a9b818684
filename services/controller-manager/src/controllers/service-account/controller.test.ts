import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespaceKind, serviceAccountKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { serviceAccountController } from './controller.ts';

test('every namespace gets its account, and gets it back', async () => {
  const { client, settle, stop } = await startControllers((context) => [serviceAccountController(context)]);
  await client.resource(namespaceKind).create({ metadata: { name: 'd' }, spec: {} });
  await settle();
  const account = { namespace: 'd', name: 'default' };
  assert.equal((await client.resource(serviceAccountKind).get(account)).metadata.name, 'default');
  await client.resource(serviceAccountKind).delete(account);
  await settle();
  assert.equal((await client.resource(serviceAccountKind).get(account)).metadata.name, 'default');
  stop();
});
