import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pod, podKind, type ReplicaSet, replicaSetKind } from '@t8s/api';
import { forbidden, StatusError } from '@t8s/meta';
import type { FakeClient } from '@t8s/testkit';
import { startControllers } from '../../test-context.ts';
import { replicaSetController } from './controller.ts';

const replicaSet = (replicas: number): ReplicaSet => ({
  metadata: { name: 'web', namespace: 'd' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
});
const start = (): ReturnType<typeof startControllers> => startControllers((context) => [replicaSetController(context)]);
const pods = async (client: FakeClient): Promise<Pod[]> => (await client.resource(podKind).list()).items;
const ref = { namespace: 'd', name: 'web' };

test('makes the pods it lacks, once, and replaces what is deleted', async () => {
  const { client, settle, stop } = await start();
  await client.resource(replicaSetKind).create(replicaSet(3));
  await settle();
  const made = await pods(client);
  assert.equal(made.length, 3);
  assert.equal(made[0]?.metadata.ownerReferences?.[0]?.controller, true);
  await client.resource(podKind).delete({ namespace: 'd', name: made[0]?.metadata.name ?? '' });
  await settle();
  assert.equal((await pods(client)).length, 3);
  assert.equal(client.actions.filter((a) => a.verb === 'create' && a.resource === 'pods').length, 4);
  stop();
});

test('scales down by ranking and reports what is ready', async () => {
  const { client, settle, stop } = await start();
  await client.resource(replicaSetKind).create(replicaSet(3));
  await settle();
  const [ready] = await pods(client);
  await client.resource(podKind).updateStatus({
    ...(ready as Pod),
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' }] },
  });
  await settle();
  assert.equal((await client.resource(replicaSetKind).get(ref)).status?.readyReplicas, 1);
  await client.resource(replicaSetKind).patch(ref, { type: 'merge', body: { spec: { replicas: 1 } } });
  await settle();
  assert.deepEqual(
    (await pods(client)).map((p) => p.metadata.name),
    [ready?.metadata.name],
  );
  const { status } = await client.resource(replicaSetKind).get(ref);
  assert.deepEqual([status?.replicas, status?.readyReplicas, status?.availableReplicas, status?.observedGeneration], [1, 1, 1, 2]);
  stop();
});

test('of pods alike, one on a node that is crowded by another set of the same deployment goes first', async () => {
  const { client, settle, stop } = await start();
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'deployment', controller: true }];
  const place = async (set: string, nodeName: string): Promise<void> => {
    for (const pod of await pods(client))
      if (pod.metadata.ownerReferences?.[0]?.name === set && !pod.spec.nodeName)
        return void (await client.resource(podKind).update({ ...pod, spec: { ...pod.spec, nodeName } }));
  };
  for (const [name, replicas] of [
    ['web', 2],
    ['old', 1],
  ] as const) {
    const set = replicaSet(replicas);
    const labels = { app: name };
    const template = { ...set.spec.template, metadata: { labels } };
    await client
      .resource(replicaSetKind)
      .create({ metadata: { name, namespace: 'd', ownerReferences }, spec: { ...set.spec, selector: { matchLabels: labels }, template } });
  }
  await settle();
  await place('web', 'empty');
  await place('web', 'crowded');
  await place('old', 'crowded');
  await settle();
  await client.resource(replicaSetKind).patch(ref, { type: 'merge', body: { spec: { replicas: 1 } } });
  await settle();
  assert.deepEqual((await pods(client)).map((pod) => pod.spec.nodeName).sort(), ['crowded', 'empty']);
  stop();
});

test('adopts matching orphans and releases what no longer matches', async () => {
  const { client, settle, stop } = await start();
  await client.resource(podKind).create({ metadata: { name: 'orphan', namespace: 'd', labels: { app: 'web' } }, spec: { containers: [] } });
  await client.resource(replicaSetKind).create(replicaSet(1));
  await settle();
  const orphan = await client.resource(podKind).get({ namespace: 'd', name: 'orphan' });
  assert.equal(orphan.metadata.ownerReferences?.[0]?.name, 'web');
  await client
    .resource(podKind)
    .patch({ namespace: 'd', name: 'orphan' }, { type: 'merge', body: { metadata: { labels: { app: 'other' } } } });
  await settle();
  assert.deepEqual((await client.resource(podKind).get({ namespace: 'd', name: 'orphan' })).metadata.ownerReferences ?? [], []);
  assert.equal((await pods(client)).length, 2);
  stop();
});

test('says why pods cannot be made, tries few, and recovers', async () => {
  const { client, settle, stop } = await start();
  let full = true;
  client.onAction(({ verb, resource }) => {
    if (full && verb === 'create' && resource === 'pods') throw forbidden({ group: '', resource: 'pods' }, 'web', 'exceeded quota');
  });
  await client.resource(replicaSetKind).create(replicaSet(100));
  await settle(4);
  const condition = (await client.resource(replicaSetKind).get(ref)).status?.conditions?.[0];
  assert.deepEqual(
    [condition?.type, condition?.reason, condition?.message],
    ['ReplicaFailure', 'FailedCreate', 'pods "web" is forbidden: exceeded quota'],
  );
  assert.ok(client.actions.filter((a) => a.verb === 'create' && a.resource === 'pods').length < 5);
  full = false;
  await settle(10_000);
  assert.equal((await pods(client)).length, 100);
  assert.equal((await client.resource(replicaSetKind).get(ref)).status?.conditions, undefined);
  stop();
});

test('a namespace on its way out gets no more pods, and no more tries', async () => {
  const { client, settle, stop } = await start();
  client.onAction(({ verb, resource }) => {
    if (verb !== 'create' || resource !== 'pods') return;
    const { status } = forbidden({ group: '', resource: 'pods' }, 'web', 'being terminated');
    throw new StatusError({ ...status, details: { causes: [{ reason: 'NamespaceTerminating' }] } });
  });
  await client.resource(replicaSetKind).create(replicaSet(1));
  await settle(60_000);
  assert.equal((await client.resource(replicaSetKind).get(ref)).status?.conditions, undefined);
  assert.ok(client.actions.filter((a) => a.verb === 'create' && a.resource === 'pods').length <= 2);
  stop();
});
