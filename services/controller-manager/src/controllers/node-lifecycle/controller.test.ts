import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaseKind, type Node, nodeKind, type Pod, podKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { startControllers } from '../../test-context.ts';
import { taintEvictionController } from '../taint-eviction/controller.ts';
import { nodeLifecycleController } from './controller.ts';

const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z', lastHeartbeatTime: '2025-01-01T00:00:00Z' };
const node: Node = { metadata: { name: 'n1' }, spec: {}, status: { conditions: [ready] } };
const pod: Pod = {
  metadata: { name: 'web', namespace: 'd' },
  spec: {
    nodeName: 'n1',
    containers: [],
    tolerations: [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
  },
  status: { phase: 'Running', conditions: [ready] },
};

test('a silent node becomes Unknown, its pods not ready and in the end evicted; one that renews its lease stays', async () => {
  const run = await startControllers((context) => [
    nodeLifecycleController(context, { gracePeriod: 50_000 }),
    taintEvictionController(context),
  ]);
  const { client, settle } = run;
  await client.resource(nodeKind).create(node);
  await client.resource(leaseKind).create({ metadata: { name: 'n1', namespace: 'kube-node-lease' }, spec: { renewTime: '0' } });
  await client.resource(podKind).create(pod);
  for (let i = 1; i <= 10; i++) {
    await settle(10_000);
    await client
      .resource(leaseKind)
      .patch({ namespace: 'kube-node-lease', name: 'n1' }, { type: 'merge', body: { spec: { renewTime: String(i) } } });
  }
  assert.equal((await client.resource(nodeKind).get({ name: 'n1' })).status?.conditions?.[0]?.status, 'True');
  await settle(60_000);
  const silent = await client.resource(nodeKind).get({ name: 'n1' });
  const condition = silent.status?.conditions?.find((c) => c.type === 'Ready');
  assert.deepEqual(
    [condition?.status, condition?.reason, condition?.message],
    ['Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'],
  );
  assert.deepEqual(
    silent.spec.taints?.map((t) => `${t.key}:${t.effect}`),
    ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
  );
  const marked = (await client.resource(podKind).get({ namespace: 'd', name: 'web' })).status?.conditions?.find((c) => c.type === 'Ready');
  assert.deepEqual([marked?.status, marked?.reason], ['False', 'NodeNotReady']);
  await settle(400_000);
  await assert.rejects(client.resource(podKind).get({ namespace: 'd', name: 'web' }), (e) => isStatus(e, 'NotFound'));
  run.stop();
});

test('a node that speaks again loses its taints', async () => {
  const { client, settle, stop } = await startControllers((context) => [nodeLifecycleController(context, { gracePeriod: 50_000 })]);
  await client.resource(nodeKind).create(node);
  await settle(120_000);
  const silent = await client.resource(nodeKind).get({ name: 'n1' });
  assert.equal(silent.spec.taints?.length, 2);
  await client
    .resource(nodeKind)
    .updateStatus({ ...silent, status: { conditions: [{ ...ready, lastHeartbeatTime: '2025-01-01T00:02:00Z' }] } });
  await settle();
  assert.equal((await client.resource(nodeKind).get({ name: 'n1' })).spec.taints, undefined);
  stop();
});
