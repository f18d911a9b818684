import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, podKind, replicationControllerKind } from '@t8s/api';
import { startControllers } from '../../test-context.ts';
import { replicationControllerController } from './controller.ts';

const ref = { namespace: 'd', name: 'hello' };

test('makes, adopts, releases and deletes pods by its map of labels', async () => {
  const { client, settle, stop } = await startControllers((context) => [replicationControllerController(context)]);
  const [pods, controllers] = [client.resource(podKind), client.resource(replicationControllerKind)];
  await pods.create({ metadata: { name: 'orphan', namespace: 'd', labels: { run: 'hello' } }, spec: { containers: [] } });
  await settle();
  const template = { metadata: { labels: { run: 'hello' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  await controllers.create({ metadata: ref, spec: { replicas: 3, selector: { run: 'hello' }, template } });
  await settle();
  const { items } = await pods.list();
  assert.equal(items.length, 3);
  for (const pod of items) assert.equal(pod.metadata.ownerReferences?.[0]?.kind, 'ReplicationController');
  const { items: events } = await client.resource(eventKind).list();
  assert.deepEqual([...new Set(events.map((e) => `${e.source?.component} ${e.reason}`))], ['replication-controller SuccessfulCreate']);

  await pods.patch({ namespace: 'd', name: 'orphan' }, { type: 'merge', body: { metadata: { labels: { run: 'other' } } } });
  await settle();
  assert.equal((await pods.list()).items.length, 4, 'the released one is replaced');
  await controllers.patch(ref, { type: 'merge', body: { spec: { replicas: 0 } } });
  await settle();
  assert.deepEqual(
    (await pods.list()).items.map((pod) => [pod.metadata.name, pod.metadata.ownerReferences ?? []]),
    [['orphan', []]],
  );
  assert.deepEqual((await controllers.get(ref)).status?.observedGeneration, 2);
  stop();
});
