import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  deploymentKind,
  eventKind,
  type Pod,
  type PodDisruptionBudgetSpec,
  podDisruptionBudgetKind,
  podKind,
  replicaSetKind,
} from '@t8s/api';
import { formatTime, type OwnerReference } from '@t8s/meta';
import { startControllers, type TestRun } from '../../test-context.ts';
import { disruptionController } from './controller.ts';

const start = (): Promise<TestRun> => startControllers((context) => [disruptionController(context)]);
const ref = (name: string): { namespace: string; name: string } => ({ namespace: 'd', name });
const selector = { matchLabels: { app: 'web' } };
const template = { spec: { containers: [] } };

async function run(
  { client }: TestRun,
  name: string,
  { ready = true, owner }: { ready?: boolean; owner?: OwnerReference } = {},
): Promise<Pod> {
  return client.resource(podKind).create({
    metadata: { ...ref(name), labels: { app: 'web' }, ...(owner && { ownerReferences: [owner] }) },
    spec: { containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });
}

const budget = ({ client }: TestRun, spec: PodDisruptionBudgetSpec) =>
  client.resource(podDisruptionBudgetKind).create({ metadata: { ...ref('b'), generation: 1 }, spec: { selector, ...spec } });

async function numbers({ client }: TestRun): Promise<(number | string | undefined)[]> {
  const { status } = await client.resource(podDisruptionBudgetKind).get(ref('b'));
  const [condition] = status?.conditions ?? [];
  return [status?.expectedPods, status?.desiredHealthy, status?.currentHealthy, status?.disruptionsAllowed, condition?.reason];
}

const reasons = async ({ client }: TestRun): Promise<string[]> =>
  (await client.resource(eventKind).list()).items.map(({ reason }) => reason ?? '');

test('a number of pods that must be there: the others may go', async () => {
  const cluster = await start();
  for (const name of ['a', 'b', 'c']) await run(cluster, name, { ready: name !== 'c' });
  await budget(cluster, { minAvailable: 1 });
  await cluster.settle();
  assert.deepEqual(await numbers(cluster), [3, 1, 2, 1, 'SufficientPods']);
  await cluster.client.resource(podKind).delete(ref('a'), { gracePeriodSeconds: 0 });
  await cluster.settle();
  assert.deepEqual(await numbers(cluster), [2, 1, 1, 0, 'InsufficientPods']);
  cluster.stop();
});

test('a share is one of what the deployment is to have, not of what is there', async () => {
  const cluster = await start();
  const { client } = cluster;
  const owned = (kind: string, { name = '', uid = '' }): OwnerReference => ({ apiVersion: 'apps/v1', kind, name, uid, controller: true });
  const deployment = await client.resource(deploymentKind).create({ metadata: ref('web'), spec: { replicas: 10, selector, template } });
  for (const name of ['old', 'new']) {
    const set = await client.resource(replicaSetKind).create({
      metadata: { ...ref(name), ownerReferences: [owned('Deployment', deployment.metadata)] },
      spec: { replicas: 5, selector, template },
    });
    for (const i of [1, 2, 3, 4]) await run(cluster, `${name}-${i}`, { owner: owned('ReplicaSet', set.metadata) });
  }
  await budget(cluster, { maxUnavailable: '25%' });
  await cluster.settle();
  assert.deepEqual(await numbers(cluster), [10, 7, 8, 1, 'SufficientPods']);
  const { resourceVersion: _, ...metadata } = (await client.resource(deploymentKind).get(ref('web'))).metadata;
  await client.resource(deploymentKind).update({ metadata, spec: { replicas: 8, selector, template } });
  await cluster.settle();
  assert.deepEqual(await numbers(cluster), [8, 6, 8, 2, 'SufficientPods']);
  cluster.stop();
});

test('a granted eviction counts until its pod goes, or for two minutes', async () => {
  const cluster = await start();
  const { client, clock } = cluster;
  for (const name of ['a', 'b']) await run(cluster, name);
  const made = await budget(cluster, { minAvailable: 1 });
  await cluster.settle();
  const { metadata, status, spec } = await client.resource(podDisruptionBudgetKind).get(ref('b'));
  assert.equal(status?.disruptionsAllowed, 1);
  const disruptedPods = { a: formatTime(clock.now()), gone: formatTime(clock.now()) };
  await client.resource(podDisruptionBudgetKind).updateStatus({
    ...made,
    metadata,
    spec,
    status: { ...(status ?? { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }), disruptionsAllowed: 0, disruptedPods },
  });
  await cluster.settle();
  assert.deepEqual(await numbers(cluster), [2, 1, 1, 0, 'InsufficientPods']);
  const kept = await client.resource(podDisruptionBudgetKind).get(ref('b'));
  assert.deepEqual(Object.keys(kept.status?.disruptedPods ?? {}), ['a']);
  await cluster.settle(121_000);
  assert.deepEqual(await numbers(cluster), [2, 1, 2, 1, 'SufficientPods']);
  assert.ok((await reasons(cluster)).includes('NotDeleted'));
  cluster.stop();
});

test('what cannot be counted may not be disrupted', async () => {
  const cluster = await start();
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'gone', uid: 'u', controller: true };
  await run(cluster, 'a', { owner });
  await budget(cluster, { maxUnavailable: 1 });
  await cluster.settle();
  assert.deepEqual((await numbers(cluster)).slice(3), [0, 'SyncFailed']);
  const { status } = await cluster.client.resource(podDisruptionBudgetKind).get(ref('b'));
  assert.equal(status?.conditions?.[0]?.message, 'found no controllers for pod "a"');
  assert.ok((await reasons(cluster)).includes('CalculateExpectedPodCountFailed'));
  cluster.stop();
});

test('a disruption that was told of and did not come is taken back, but for a kubelet’s', async () => {
  const cluster = await start();
  const { client, settle, stop, clock } = cluster;
  for (const [name, reason] of [
    ['a', 'EvictionByEvictionAPI'],
    ['b', 'TerminationByKubelet'],
  ] as const) {
    const pod = await run(cluster, name);
    const condition = { type: 'DisruptionTarget', status: 'True', reason, lastTransitionTime: formatTime(clock.now()) };
    await client.resource(podKind).updateStatus({ ...pod, status: { phase: 'Running', conditions: [condition] } });
  }
  const said = async (): Promise<(string | undefined)[][]> =>
    (await client.resource(podKind).list()).items.map(({ status }) => {
      const { status: is, reason } = status?.conditions?.[0] ?? {};
      return [is, reason];
    });
  await settle(119_000);
  assert.deepEqual((await said())[0], ['True', 'EvictionByEvictionAPI']);
  await settle(2000);
  assert.deepEqual(await said(), [
    ['False', undefined],
    ['True', 'TerminationByKubelet'],
  ]);
  stop();
});
