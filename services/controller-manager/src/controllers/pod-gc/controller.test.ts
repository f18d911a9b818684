import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeKind, type Pod, podKind } from '@t8s/api';
import type { FakeClient } from '@t8s/testkit';
import { startControllers } from '../../test-context.ts';
import { podGcController } from './controller.ts';

const names = async (client: FakeClient): Promise<(string | undefined)[]> =>
  (await client.resource(podKind).list()).items.map((p) => p.metadata.name).sort();

test('pods of a node that is gone go after the quarantine, others stay', async () => {
  const { client, settle, stop } = await startControllers((context) => [podGcController(context, 100)]);
  for (const name of ['n1', 'n2']) {
    await client.resource(nodeKind).create({ metadata: { name }, spec: {} });
    await client.resource(podKind).create({ metadata: { name: `on-${name}`, namespace: 'd' }, spec: { nodeName: name, containers: [] } });
  }
  await settle();
  await client.resource(nodeKind).delete({ name: 'n1' });
  await settle(30_000);
  assert.deepEqual(await names(client), ['on-n1', 'on-n2']);
  await settle(20_000);
  assert.deepEqual(await names(client), ['on-n2']);
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };
  const patch = client.actions.find(({ verb, resource }) => verb === 'patch' && resource === 'pods/status')?.object as Pod;
  assert.equal(patch.status?.phase, 'Failed');
  assert.deepEqual(patch.status?.conditions, [{ ...condition, observedGeneration: 1, lastTransitionTime: '2025-01-01T00:00:40Z' }]);
  stop();
});

test('pods on their way out on a node that is out of service go, when it is not ready', async () => {
  const { client, settle, stop } = await startControllers((context) => [podGcController(context, 100)]);
  const pods = client.resource(podKind);
  await client
    .resource(nodeKind)
    .create({ metadata: { name: 'n' }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
  for (const name of ['going', 'staying'])
    await pods.create({ metadata: { name, namespace: 'd', finalizers: ['x/kubelet'] }, spec: { nodeName: 'n', containers: [] } });
  await pods.delete({ namespace: 'd', name: 'going' });
  const taints = [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }];
  await client.resource(nodeKind).patch({ name: 'n' }, { type: 'merge', body: { spec: { taints } } });
  await settle();
  const phase = async (name: string): Promise<string | undefined> => (await pods.get({ namespace: 'd', name })).status?.phase;
  assert.equal(await phase('going'), undefined);
  const node = await client.resource(nodeKind).get({ name: 'n' });
  await client.resource(nodeKind).updateStatus({ ...node, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
  await settle();
  assert.deepEqual([await phase('going'), await phase('staying')], ['Failed', undefined]);
  stop();
});

test('of too many finished pods evicted ones go first, then the oldest; a threshold of 0 keeps all', async () => {
  for (const [threshold, left] of [
    [2, ['p3', 'p4']],
    [4, ['p1', 'p2', 'p3', 'p4']],
    [0, ['p1', 'p2', 'p3', 'p4', 'p5']],
  ] as const) {
    const { client, settle, stop } = await startControllers((context) => [podGcController(context, threshold)]);
    for (const day of [1, 2, 3, 4, 5]) {
      await client.resource(podKind).create({
        metadata: { name: `p${day}`, namespace: 'd', creationTimestamp: `2025-01-0${day}T00:00:00Z` },
        spec: { containers: [] },
        status: day === 5 ? { phase: 'Failed', reason: 'Evicted' } : { phase: 'Succeeded' },
      });
    }
    await settle();
    assert.deepEqual(await names(client), left);
    stop();
  }
});
