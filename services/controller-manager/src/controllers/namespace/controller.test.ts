import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapKind, namespaceKind, podKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { startControllers } from '../../test-context.ts';
import { namespaceController } from './controller.ts';

test('empties a namespace on its way out, waits for finalizers and says so, then lets it go', async () => {
  const { client, settle, stop } = await startControllers((context) => [namespaceController(context)]);
  const ref = { name: 'd' };
  await client.resource(namespaceKind).create({ metadata: { name: 'd', finalizers: ['test/held'] }, spec: { finalizers: ['kubernetes'] } });
  await client.resource(configMapKind).create({ metadata: { name: 'plain', namespace: 'd' } });
  await client.resource(configMapKind).create({ metadata: { name: 'held', namespace: 'd', finalizers: ['example.com/f'] } });
  await client.resource(configMapKind).create({ metadata: { name: 'other', namespace: 'e' } });
  await client.resource(namespaceKind).delete(ref);
  await settle();
  assert.deepEqual((await client.resource(configMapKind).list()).items.map((o) => o.metadata.name).sort(), ['held', 'other']);
  const conditions = (await client.resource(namespaceKind).get(ref)).status?.conditions ?? [];
  assert.equal(
    conditions.find((c) => c.type === 'NamespaceContentRemaining')?.message,
    'Some resources are remaining: configmaps. has 1 resource instances',
  );
  assert.equal(
    conditions.find((c) => c.type === 'NamespaceFinalizersRemaining')?.message,
    'Some content in the namespace has finalizers remaining: example.com/f in 1 resource instances',
  );
  await client.resource(configMapKind).patch({ namespace: 'd', name: 'held' }, { type: 'merge', body: { metadata: { finalizers: [] } } });
  await settle(10_000);
  assert.deepEqual((await client.resource(namespaceKind).get(ref)).spec.finalizers, []);
  await client.resource(namespaceKind).patch(ref, { type: 'merge', body: { metadata: { finalizers: [] } } });
  await assert.rejects(client.resource(namespaceKind).get(ref), (e) => isStatus(e, 'NotFound'));
  stop();
});

test('pods go first, and all else at once when the last has ended', async () => {
  const { client, settle, stop } = await startControllers((context) => [namespaceController(context)]);
  await client.resource(namespaceKind).create({ metadata: { name: 'd' }, spec: { finalizers: ['kubernetes'] } });
  const config = { name: 'policy', namespace: 'd' };
  const pod = { name: 'web', namespace: 'd' };
  await client.resource(configMapKind).create({ metadata: config });
  await client.resource(podKind).create({ metadata: { ...pod, finalizers: ['test/running'] }, spec: { containers: [] } });
  await client.resource(namespaceKind).patch({ name: 'd' }, { type: 'merge', body: { metadata: { finalizers: ['test/held'] } } });
  await client.resource(namespaceKind).delete({ name: 'd' });
  await settle();
  assert.ok((await client.resource(podKind).get(pod)).metadata.deletionTimestamp);
  await client.resource(configMapKind).get(config);
  const { status } = await client.resource(namespaceKind).get({ name: 'd' });
  assert.equal(
    status?.conditions?.find((c) => c.type === 'NamespaceContentRemaining')?.message,
    'Some resources are remaining: pods. has 1 resource instances',
  );
  await client.resource(podKind).patch(pod, { type: 'merge', body: { metadata: { finalizers: [] } } });
  await settle(100);
  await assert.rejects(client.resource(configMapKind).get(config), (e) => isStatus(e, 'NotFound'));
  stop();
});
