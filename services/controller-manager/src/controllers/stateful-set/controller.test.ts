import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  controllerRevisionKind,
  eventKind,
  type Pod,
  persistentVolumeClaimKind,
  podKind,
  type StatefulSet,
  type StatefulSetSpec,
  statefulSetKind,
} from '@t8s/api';
import type { ResourceRef } from '@t8s/client';
import { forbidden, type KubeObject } from '@t8s/meta';
import { templateHash } from '../../pods/template-hash.ts';
import { makeReady, startControllers, type TestRun } from '../../test-context.ts';
import { statefulSetController } from './controller.ts';

const ref = { namespace: 'd', name: 'web' };
const setOf = (spec: Partial<StatefulSetSpec> = {}): StatefulSet => ({
  metadata: ref,
  spec: {
    replicas: 3,
    serviceName: 'nginx',
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    ...spec,
  },
});
const withClaims = { volumeClaimTemplates: [{ metadata: { name: 'www' }, spec: {} }] };

async function start(spec?: Partial<StatefulSetSpec>): Promise<TestRun> {
  const run = await startControllers((context) => [statefulSetController(context)]);
  await run.client.resource(statefulSetKind).create(setOf(spec));
  await run.settle();
  return run;
}

const podsOf = async ({ client }: TestRun): Promise<Pod[]> => (await client.resource(podKind).list()).items;
const namesOf = async (run: TestRun): Promise<string[]> => (await podsOf(run)).map(({ metadata }) => metadata.name ?? '').sort();
const imagesOf = async (run: TestRun): Promise<string[]> =>
  (await podsOf(run)).map(({ metadata, spec }) => `${metadata.name} ${spec.containers[0]?.image}`).sort();
const patch = (run: TestRun, spec: object): Promise<StatefulSet> =>
  run.client.resource(statefulSetKind).patch(ref, { type: 'strategic', body: { spec } });
const setImage = (run: TestRun, image: string): Promise<StatefulSet> =>
  patch(run, { template: { spec: { containers: [{ name: 'c', image }] } } });
const statusOf = async (run: TestRun): Promise<StatefulSet['status']> => (await run.client.resource(statefulSetKind).get(ref)).status;
const messagesOf = async ({ client }: TestRun): Promise<string[]> =>
  (await client.resource(eventKind).list()).items.map(({ reason, message }) => `${reason}: ${message}`);
/** What the garbage collector does when an owner is deleted without its dependents. */
async function orphan<T extends KubeObject>({ client }: TestRun, kind: ResourceRef<T>): Promise<void> {
  const body = { metadata: { ownerReferences: null } };
  for (const { metadata } of (await client.resource(kind).list()).items)
    await client.resource(kind).patch({ namespace: 'd', name: metadata.name ?? '' }, { type: 'merge', body });
}
async function roll(run: TestRun): Promise<void> {
  for (let i = 0; i < 8; i++) await makeReady(run);
}

test('pods come in order, with names, labels, host names and claims of their own', async () => {
  const run = await start(withClaims);
  assert.deepEqual(await namesOf(run), ['web-0']);
  await makeReady(run);
  assert.deepEqual(await namesOf(run), ['web-0', 'web-1']);
  await roll(run);
  const pod = (await podsOf(run))[2];
  const { updateRevision, ...status } = (await statusOf(run)) ?? { replicas: 0 };
  assert.deepEqual(pod?.metadata.labels, {
    app: 'web',
    'statefulset.kubernetes.io/pod-name': 'web-2',
    'apps.kubernetes.io/pod-index': '2',
    'controller-revision-hash': updateRevision,
  });
  const { hostname, subdomain, volumes } = pod?.spec ?? {};
  assert.deepEqual(
    [hostname, subdomain, volumes],
    ['web-2', 'nginx', [{ name: 'www', persistentVolumeClaim: { claimName: 'www-web-2' } }]],
  );
  assert.deepEqual(status, {
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    currentRevision: updateRevision,
    collisionCount: 0,
  });
  assert.deepEqual((await messagesOf(run)).slice(0, 3), [
    'SuccessfulCreate: create Claim www-web-0 Pod web-0 in StatefulSet web success',
    'SuccessfulCreate: create Pod web-0 in StatefulSet web successful',
    'SuccessfulCreate: create Claim www-web-1 Pod web-1 in StatefulSet web success',
  ]);
  await run.client.resource(podKind).delete({ namespace: 'd', name: 'web-0' });
  await run.settle();
  assert.deepEqual(await namesOf(run), ['web-0', 'web-1', 'web-2'], 'the same name again');
  assert.equal((await run.client.resource(persistentVolumeClaimKind).list()).items.length, 3, 'and the same claim');
  run.stop();
});

test('a canary, the rollout, and back to the revision before', async () => {
  const run = await start({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
  await roll(run);
  await setImage(run, 'v2');
  await roll(run);
  assert.deepEqual(await imagesOf(run), ['web-0 v1', 'web-1 v1', 'web-2 v2']);
  const canary = await statusOf(run);
  assert.deepEqual([canary?.currentReplicas, canary?.updatedReplicas], [2, 1]);
  assert.notEqual(canary?.currentRevision, canary?.updateRevision);
  await run.client.resource(podKind).delete({ namespace: 'd', name: 'web-0' });
  await roll(run);
  assert.equal((await imagesOf(run))[0], 'web-0 v1', 'below the partition it comes back as it was');

  await patch(run, { updateStrategy: { rollingUpdate: { partition: 0 } } });
  await run.settle();
  assert.deepEqual(await imagesOf(run), ['web-0 v1', 'web-1 v2', 'web-2 v2'], 'one at a time, from the end');
  await roll(run);
  assert.deepEqual(await imagesOf(run), ['web-0 v2', 'web-1 v2', 'web-2 v2']);
  const done = await statusOf(run);
  assert.deepEqual([done?.currentRevision, done?.currentReplicas], [done?.updateRevision, 3]);

  await setImage(run, 'v1');
  await roll(run);
  const { items } = await run.client.resource(controllerRevisionKind).list();
  assert.deepEqual(items.map(({ revision }) => revision).sort(), [2, 3], 'the first revision is now the latest');
  assert.equal((await statusOf(run))?.updateRevision, items.find(({ revision }) => revision === 3)?.metadata.name);
  run.stop();
});

test('a broken update stops; reverted, the broken pod is in the way until it is deleted', async () => {
  const run = await start();
  await roll(run);
  await setImage(run, 'broken');
  for (let i = 0; i < 4; i++) await makeReady(run, { which: ({ spec }) => spec.containers[0]?.image !== 'broken' });
  assert.deepEqual(await imagesOf(run), ['web-0 v1', 'web-1 v1', 'web-2 broken']);
  await setImage(run, 'v1');
  await run.settle();
  assert.equal((await imagesOf(run))[2], 'web-2 broken');
  await run.client.resource(podKind).delete({ namespace: 'd', name: 'web-2' });
  await roll(run);
  assert.deepEqual(await imagesOf(run), ['web-0 v1', 'web-1 v1', 'web-2 v1']);
  run.stop();
});

test('history beyond the limit goes, oldest first, but not what pods still are', async () => {
  const run = await start({ revisionHistoryLimit: 1, updateStrategy: { type: 'OnDelete' }, replicas: 1 });
  await roll(run);
  for (const image of ['v2', 'v3', 'v4']) {
    await setImage(run, image);
    await run.settle();
  }
  const { items } = await run.client.resource(controllerRevisionKind).list();
  assert.deepEqual(items.map(({ revision }) => revision).sort(), [1, 3, 4]);
  assert.deepEqual(await imagesOf(run), ['web-0 v1']);
  run.stop();
});

test('a successor adopts the pods and the revision that were left, and makes what lacks', async () => {
  const run = await start();
  await roll(run);
  await run.client.resource(statefulSetKind).delete(ref);
  await orphan(run, podKind);
  await orphan(run, controllerRevisionKind);
  await run.client.resource(podKind).delete({ namespace: 'd', name: 'web-0' });
  await run.settle();
  const { uid } = await run.client
    .resource(statefulSetKind)
    .create(setOf())
    .then(({ metadata }) => metadata);
  await roll(run);
  for (const { metadata } of await podsOf(run)) assert.equal(metadata.ownerReferences?.[0]?.uid, uid);
  assert.equal((await run.client.resource(controllerRevisionKind).list()).items.length, 1);
  const made = run.client.actions.filter(({ verb, resource }) => verb === 'create' && resource === 'pods');
  assert.deepEqual(
    made.slice(3).map(({ name }) => name),
    ['web-0'],
  );
  run.stop();
});

test('a pod of its name that was there before gets its labels; other pods are not touched', async () => {
  const run = await startControllers((context) => [statefulSetController(context)]);
  for (const name of ['web-0', 'web-one'])
    await run.client.resource(podKind).create({ metadata: { namespace: 'd', name, labels: { app: 'web' } }, spec: { containers: [] } });
  await run.client.resource(statefulSetKind).create(setOf({ replicas: 1, updateStrategy: { type: 'OnDelete' } }));
  await makeReady(run);
  assert.deepEqual(
    (await podsOf(run)).map(({ metadata }) => [metadata.ownerReferences?.length, metadata.labels?.['apps.kubernetes.io/pod-index']]),
    [
      [1, '0'],
      [undefined, undefined],
    ],
  );
  assert.deepEqual(await messagesOf(run), ['SuccessfulUpdate: update Pod web-0 in StatefulSet web successful']);
  run.stop();
});

test('a revision whose name is taken gets another, and the collision is counted', async () => {
  const run = await startControllers((context) => [statefulSetController(context)]);
  const { template } = setOf().spec;
  const taken = { metadata: { namespace: 'd', name: `web-${templateHash(template)}` }, revision: 1, data: {} };
  await run.client.resource(controllerRevisionKind).create(taken);
  await run.client.resource(statefulSetKind).create(setOf());
  await run.settle();
  const { collisionCount, updateRevision } = (await statusOf(run)) ?? {};
  assert.deepEqual([collisionCount, updateRevision], [1, `web-${templateHash(template, 1)}`]);
  await run.client.resource(controllerRevisionKind).delete({ namespace: 'd', name: updateRevision ?? '' });
  await run.settle();
  assert.equal((await run.client.resource(controllerRevisionKind).list()).items.length, 2, 'one that is deleted is made again');
  run.stop();
});

test('minReadySeconds hold back the next pod', async () => {
  const run = await start({ minReadySeconds: 30 });
  await makeReady(run, { since: new Date(run.clock.now()).toISOString() });
  assert.deepEqual([(await statusOf(run))?.readyReplicas, (await statusOf(run))?.availableReplicas], [1, 0]);
  await run.settle(29_000);
  assert.deepEqual(await namesOf(run), ['web-0']);
  await run.settle(2000);
  assert.deepEqual(await namesOf(run), ['web-0', 'web-1']);
  run.stop();
});

test('scaled down, claims stay or go as the policy says, and a new pod waits for the end of an old claim', async () => {
  const run = await start({
    ...withClaims,
    replicas: 2,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
  });
  await roll(run);
  const claims = run.client.resource(persistentVolumeClaimKind);
  const ownerOf = async (name: string): Promise<string | undefined> =>
    (await claims.get({ namespace: 'd', name })).metadata.ownerReferences?.[0]?.kind;
  assert.deepEqual([await ownerOf('www-web-0'), await ownerOf('www-web-1')], ['StatefulSet', 'StatefulSet']);
  await patch(run, { replicas: 1 });
  await run.settle();
  assert.deepEqual(await namesOf(run), ['web-0']);
  assert.deepEqual([await ownerOf('www-web-0'), await ownerOf('www-web-1')], ['StatefulSet', 'Pod']);
  await patch(run, { replicas: 2 });
  await run.settle();
  assert.deepEqual(await namesOf(run), ['web-0']);
  await claims.delete({ namespace: 'd', name: 'www-web-1' });
  await run.settle();
  assert.deepEqual(await namesOf(run), ['web-0', 'web-1']);
  assert.equal(await ownerOf('www-web-1'), 'StatefulSet');
  run.stop();
});

test('says what it could not make, and goes on when it can', async () => {
  const run = await startControllers((context) => [statefulSetController(context)]);
  let refused = 'persistentvolumeclaims';
  run.client.onAction(({ verb, resource, object }) => {
    const { name = '' } = (object as Pod | undefined)?.metadata ?? {};
    if (verb === 'create' && resource === refused) throw forbidden({ group: '', resource }, name, 'exceeded quota');
  });
  await run.client.resource(statefulSetKind).create(setOf(withClaims));
  await run.settle(4);
  refused = 'pods';
  await run.settle(100);
  assert.deepEqual(
    [...new Set(await messagesOf(run))],
    [
      'FailedCreate: create Claim www-web-0 for Pod web-0 in StatefulSet web failed error: persistentvolumeclaims "www-web-0" is forbidden: exceeded quota',
      'FailedCreate: create Pod web-0 in StatefulSet web failed error: failed to create PVC www-web-0: persistentvolumeclaims "www-web-0" is forbidden: exceeded quota',
      'SuccessfulCreate: create Claim www-web-0 Pod web-0 in StatefulSet web success',
      'FailedCreate: create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: exceeded quota',
    ],
  );
  refused = '';
  await run.settle(20_000);
  assert.deepEqual(await namesOf(run), ['web-0']);
  run.stop();
});
