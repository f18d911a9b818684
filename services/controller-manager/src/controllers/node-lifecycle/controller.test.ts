import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, leaseKind, type Node, nodeKind, type Pod, podKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { startControllers, type TestRun } from '../../test-context.ts';
import { taintEvictionController } from '../taint-eviction/controller.ts';
import { nodeLifecycleController } from './controller.ts';

const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z', lastHeartbeatTime: '2025-01-01T00:00:00Z' };
const pod: Pod = {
  metadata: { name: 'web', namespace: 'd' },
  spec: {
    nodeName: 'n1',
    containers: [],
    tolerations: [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
  },
  status: { phase: 'Running', conditions: [ready] },
};

/** The controllers with upstream's times and rates, on nodes that said once that they are ready. */
async function start(...names: string[]): Promise<TestRun> {
  const run = await startControllers((context) => [
    nodeLifecycleController(context, {
      gracePeriod: 50_000,
      startupGracePeriod: 60_000,
      monitorPeriod: 5000,
      evictionRate: 0.1,
      secondaryEvictionRate: 0.01,
      unhealthyZoneThreshold: 0.55,
      largeClusterSizeThreshold: 50,
    }),
    taintEvictionController(context),
  ]);
  for (const name of names) {
    await run.client
      .resource(nodeKind)
      .create({ metadata: { name }, spec: {}, status: { conditions: [{ ...ready, type: 'MemoryPressure', status: 'False' }, ready] } });
    const lease = { namespace: 'kube-node-lease', name };
    await run.client.resource(leaseKind).create({ metadata: lease, spec: { renewTime: '0' } });
  }
  return run;
}

/** Time passes, in which the kubelets of these nodes renew their leases every ten seconds. */
async function pass({ client, clock, settle }: TestRun, ms: number, ...alive: string[]): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    await settle(Math.min(left, 10_000));
    const body = { spec: { renewTime: String(clock.now()) } };
    for (const name of alive) await client.resource(leaseKind).patch({ namespace: 'kube-node-lease', name }, { type: 'merge', body });
  }
  await settle();
}

async function nodeOf({ client }: TestRun, name: string): Promise<{ ready: string; taints: string[] }> {
  const { spec, status }: Node = await client.resource(nodeKind).get({ name });
  const { status: value = '', reason = '', message = '' } = status?.conditions?.find((c) => c.type === 'Ready') ?? {};
  const taints = spec.taints?.map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`) ?? [];
  return { ready: `${value} ${reason} ${message}`.trim(), taints };
}

const eventsOf = async ({ client }: TestRun): Promise<string[]> =>
  (await client.resource(eventKind).list()).items.map(({ reason, message }) => `${reason}: ${message}`);

test('a silent node becomes Unknown, its pods not ready and in the end evicted; one that renews its lease stays', async () => {
  const run = await start('n1', 'n2');
  const { client } = run;
  await client.resource(podKind).create(pod);
  await pass(run, 100_000, 'n1', 'n2');
  assert.deepEqual(await nodeOf(run, 'n1'), { ready: 'True', taints: [] });
  await pass(run, 60_000, 'n2');
  assert.deepEqual(await nodeOf(run, 'n1'), {
    ready: 'Unknown NodeStatusUnknown Kubelet stopped posting node status.',
    taints: ['unreachable:NoSchedule', 'unreachable:NoExecute'],
  });
  assert.deepEqual(await nodeOf(run, 'n2'), { ready: 'True', taints: [] });
  const { status } = await client.resource(nodeKind).get({ name: 'n1' });
  assert.deepEqual(
    status?.conditions?.map((c) => `${c.type} ${c.reason}`),
    [
      'MemoryPressure NodeStatusUnknown',
      'Ready NodeStatusUnknown',
      'DiskPressure NodeStatusNeverUpdated',
      'PIDPressure NodeStatusNeverUpdated',
    ],
  );
  const marked = await client.resource(podKind).get({ namespace: 'd', name: 'web' });
  assert.equal(marked.status?.conditions?.find((c) => c.type === 'Ready')?.status, 'False');
  await pass(run, 280_000, 'n2');
  await client.resource(podKind).get({ namespace: 'd', name: 'web' });
  await pass(run, 40_000, 'n2');
  await assert.rejects(client.resource(podKind).get({ namespace: 'd', name: 'web' }), (e) => isStatus(e, 'NotFound'));
  const events = await eventsOf(run);
  for (const expected of [
    'RegisteredNode: Node n1 event: Registered Node n1 in Controller',
    'NodeNotReady: Node n1 status is now: NodeNotReady',
    'NodeNotReady: Node is not ready',
    'TaintManagerEviction: Marking for deletion Pod d/web',
  ])
    assert.ok(events.includes(expected), `${expected} is not among ${events.join('; ')}`);
  await client.resource(nodeKind).delete({ name: 'n1' });
  await run.settle();
  assert.ok((await eventsOf(run)).includes('RemovingNode: Node n1 event: Removing Node n1 from Controller'));
  run.stop();
});

test('a node that speaks again loses its taints; one that says itself that it is not ready gets the other ones', async () => {
  const run = await start('n1', 'n2');
  const { client } = run;
  await pass(run, 120_000, 'n2');
  assert.equal((await nodeOf(run, 'n1')).taints.length, 2);
  const say = async (status: string, lastHeartbeatTime: string): Promise<void> => {
    const silent = await client.resource(nodeKind).get({ name: 'n1' });
    await client.resource(nodeKind).updateStatus({ ...silent, status: { conditions: [{ ...ready, status, lastHeartbeatTime }] } });
    await run.settle();
  };
  await say('False', '2025-01-01T00:02:00Z');
  assert.deepEqual((await nodeOf(run, 'n1')).taints, ['not-ready:NoSchedule', 'not-ready:NoExecute']);
  await say('True', '2025-01-01T00:02:10Z');
  assert.deepEqual((await nodeOf(run, 'n1')).taints, []);
  run.stop();
});

test('nodes are given up one in ten seconds; when the last one falls silent none is, and all get their time again', async () => {
  const run = await start('n1', 'n2', 'n3', 'n4');
  const givenUp = async (): Promise<number> => {
    const all = await Promise.all(['n1', 'n2', 'n3', 'n4'].map((name) => nodeOf(run, name)));
    return all.filter(({ taints }) => taints.some((taint) => taint.endsWith(':NoExecute'))).length;
  };
  await pass(run, 20_000, 'n1', 'n2', 'n3', 'n4');
  await pass(run, 55_000, 'n3', 'n4');
  assert.deepEqual(
    [(await nodeOf(run, 'n1')).ready, (await nodeOf(run, 'n2')).ready].map((text) => text.slice(0, 7)),
    ['Unknown', 'Unknown'],
  );
  assert.equal(await givenUp(), 1);
  await pass(run, 10_000, 'n3', 'n4');
  assert.equal(await givenUp(), 2);
  await pass(run, 60_000);
  assert.deepEqual((await nodeOf(run, 'n4')).taints, ['unreachable:NoSchedule']);
  assert.equal(await givenUp(), 0);
  await pass(run, 600_000);
  assert.equal(await givenUp(), 0);
  const back = await run.client.resource(nodeKind).get({ name: 'n4' });
  await run.client.resource(nodeKind).updateStatus({ ...back, status: { conditions: [{ ...ready, lastHeartbeatTime: 'later' }] } });
  await pass(run, 10_000, 'n4');
  assert.deepEqual((await nodeOf(run, 'n4')).taints, []);
  run.stop();
});

test('who renews the lease lives, though nothing else was ever said, and however old the node is', async () => {
  const run = await start();
  await run.client.resource(leaseKind).create({ metadata: { namespace: 'kube-node-lease', name: 'n1' }, spec: { renewTime: '0' } });
  await run.client.resource(nodeKind).create({ metadata: { name: 'n1', creationTimestamp: '2024-01-01T00:00:00Z' }, spec: {} });
  await pass(run, 120_000, 'n1');
  assert.deepEqual(await nodeOf(run, 'n1'), { ready: '', taints: [] });
  run.stop();
});

test('a node that never spoke has a minute from its making; labels of old follow those of today', async () => {
  const run = await start('n2');
  const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64', 'beta.kubernetes.io/arch': 'amd64' };
  await run.client.resource(nodeKind).create({ metadata: { name: 'n1', labels }, spec: {} });
  await pass(run, 55_000, 'n2');
  assert.deepEqual(await nodeOf(run, 'n1'), { ready: '', taints: [] });
  await pass(run, 20_000, 'n2');
  assert.match((await nodeOf(run, 'n1')).ready, /^Unknown NodeStatusNeverUpdated Kubelet never posted node status\.$/);
  const { metadata } = await run.client.resource(nodeKind).get({ name: 'n1' });
  assert.deepEqual(metadata.labels, { ...labels, 'beta.kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': 'arm64' });
  run.stop();
});
