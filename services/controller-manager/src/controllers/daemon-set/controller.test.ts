import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllerRevisionKind, type DaemonSet, daemonSetKind, nodeKind, type Pod, podKind } from '@t8s/api';
import { forbidden, formatTime } from '@t8s/meta';
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

test('nodes are counted though no pod may be made', async () => {
  const run = await start([]);
  run.client.onAction(({ verb, resource }) => {
    if (verb === 'create' && resource === 'pods') throw forbidden({ group: '', resource }, 'agent', 'exceeded quota');
  });
  await run.client.resource(nodeKind).create({ metadata: { name: 'n1' }, spec: {} });
  await run.settle();
  const { status } = await run.client.resource(daemonSetKind).get(ref);
  assert.deepEqual([status?.desiredNumberScheduled, status?.numberUnavailable], [1, 1]);
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

const images = async (run: TestRun): Promise<string[]> =>
  (await pods(run)).map((p) => `${nodeOf(p)} ${p.spec.containers[0]?.image}`).sort();
const patch = (run: TestRun, spec: object): Promise<DaemonSet> =>
  run.client.resource(daemonSetKind).patch(ref, { type: 'strategic', body: { spec } });

test('pods follow the labels of nodes', async () => {
  const run = await start(['n1', 'n2']);
  await patch(run, { template: { spec: { nodeSelector: { disk: 'ssd' } } } });
  await run.settle();
  assert.deepEqual(await images(run), []);
  const label = (disk: string): Promise<unknown> =>
    run.client.resource(nodeKind).patch({ name: 'n2' }, { type: 'merge', body: { metadata: { labels: { disk } } } });
  await label('ssd');
  await run.settle();
  assert.deepEqual(await images(run), ['n2 v1']);
  await label('slow');
  await run.settle();
  assert.deepEqual(await images(run), []);
  run.stop();
});

test('on delete pods are updated when somebody deletes them, and only then', async () => {
  const run = await start(['n1', 'n2']);
  await makeReady(run);
  await patch(run, { updateStrategy: { type: 'OnDelete' }, template: { spec: { containers: [{ name: 'c', image: 'v2' }] } } });
  await run.settle();
  assert.deepEqual(await images(run), ['n1 v1', 'n2 v1']);
  const [first] = await pods(run);
  await run.client.resource(podKind).delete({ namespace: 'd', name: first?.metadata.name ?? '' });
  await run.settle();
  assert.deepEqual(await images(run), ['n1 v2', 'n2 v1']);
  assert.equal((await run.client.resource(daemonSetKind).get(ref)).status?.updatedNumberScheduled, 1);
  run.stop();
});

test('a surge has old and new beside each other, never fewer than one that works', async () => {
  const run = await start(['n1', 'n2']);
  const becomeAvailable = async (): Promise<void> => {
    await makeReady(run, { since: formatTime(run.clock.now()) });
    await run.settle(11_000);
  };
  await becomeAvailable();
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  await patch(run, { minReadySeconds: 10, updateStrategy, template: { spec: { containers: [{ name: 'c', image: 'v2' }] } } });
  await run.settle();
  assert.deepEqual(await images(run), ['n1 v1', 'n1 v2', 'n2 v1']);
  for (let i = 0; i < 2; i++) await becomeAvailable();
  assert.deepEqual(await images(run), ['n1 v2', 'n2 v2']);
  run.stop();
});

test('adopts what it selects, and lets go what it no longer does', async () => {
  const run = await start(['n1']);
  await makeReady(run);
  const [pod] = await pods(run);
  const at = { namespace: 'd', name: pod?.metadata.name ?? '' };
  await run.client.resource(podKind).patch(at, { type: 'merge', body: { metadata: { labels: { app: 'mine' } } } });
  await run.settle();
  assert.deepEqual(
    (await pods(run)).map((p) => [p.metadata.labels?.['app'], p.metadata.ownerReferences?.length ?? 0]),
    [
      ['mine', 0],
      ['agent', 1],
    ],
  );
  await run.settle(2000);
  const [, other] = await pods(run);
  await run.client.resource(podKind).delete({ namespace: 'd', name: other?.metadata.name ?? '' });
  await run.client.resource(podKind).patch(at, { type: 'merge', body: { metadata: { labels: { app: 'agent' } } } });
  await run.settle();
  assert.equal(
    (await pods(run)).some((p) => p.metadata.name === at.name && p.metadata.ownerReferences?.length === 1),
    true,
  );
  assert.equal((await pods(run)).length, 1, 'one of two goes');
  run.stop();
});
