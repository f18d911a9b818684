import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllerRevisionKind, type DaemonSet, daemonSetKind, nodeKind, type Pod, podKind } from '@t8s/api';
import { makeReady, startControllers, type TestRun } from '../../test-context.ts';
import { daemonSetController } from './controller.ts';
import { nodeOf } from './placement.ts';

const ref = { namespace: 'd', name: 'agent' };
const daemonSet: DaemonSet = {
  metadata: ref,
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
  },
};

async function start(nodes: readonly string[]): Promise<TestRun> {
  const run = await startControllers((context) => [daemonSetController(context)]);
  for (const name of nodes) await run.client.resource(nodeKind).create({ metadata: { name }, spec: {} });
  await run.client.resource(daemonSetKind).create(daemonSet);
  await run.settle();
  return run;
}

const pods = async ({ client }: TestRun): Promise<Pod[]> => (await client.resource(podKind).list()).items;

test('one pod on each node, on those that come and go too', async () => {
  const run = await start(['n1', 'n2']);
  assert.deepEqual((await pods(run)).map(nodeOf).sort(), ['n1', 'n2']);
  await run.client.resource(nodeKind).create({ metadata: { name: 'n3' }, spec: {} });
  await run.client.resource(nodeKind).delete({ name: 'n1' });
  await run.settle();
  assert.deepEqual((await pods(run)).map(nodeOf).sort(), ['n2', 'n3']);
  const { status } = await run.client.resource(daemonSetKind).get(ref);
  assert.deepEqual([status?.desiredNumberScheduled, status?.currentNumberScheduled, status?.numberUnavailable], [2, 2, 2]);
  run.stop();
});

test('an update goes node by node, and a failed pod is replaced after its back-off', async () => {
  const run = await start(['n1', 'n2', 'n3']);
  await makeReady(run);
  await run.client
    .resource(daemonSetKind)
    .patch(ref, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'c', image: 'v2' }] } } } } });
  await run.settle();
  const image = (p: Pod): string => p.spec.containers[0]?.image ?? '';
  assert.deepEqual((await pods(run)).map(image).sort(), ['v1', 'v1', 'v2'], 'the next waits until this one is available');
  for (let i = 0; i < 3; i++) await makeReady(run);
  assert.deepEqual((await pods(run)).map(image), ['v2', 'v2', 'v2']);
  assert.deepEqual(
    (await run.client.resource(controllerRevisionKind).list()).items.map((r) => r.revision),
    [1, 2],
  );
  const [victim] = await pods(run);
  await run.client.resource(podKind).updateStatus({ ...(victim as Pod), status: { phase: 'Failed' } });
  await run.settle(5000);
  assert.equal(
    (await pods(run)).some((p) => p.metadata.uid === victim?.metadata.uid),
    false,
  );
  assert.equal((await pods(run)).length, 3);
  run.stop();
});
