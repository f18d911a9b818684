import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Deployment, deploymentKind, eventKind, type Pod, podKind, type ReplicaSet, replicaSetKind } from '@t8s/api';
import { forbidden } from '@t8s/meta';
import { templateHash } from '../../pods/template-hash.ts';
import { makeReady, startControllers, type TestRun } from '../../test-context.ts';
import { replicaSetController } from '../replica-set/controller.ts';
import { deploymentController } from './controller.ts';

const ref = { namespace: 'd', name: 'web' };
const deployment = (spec: Partial<Deployment['spec']> = {}): Deployment => ({
  metadata: ref,
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
    ...spec,
  },
});

const start = (): Promise<TestRun> => startControllers((context) => [deploymentController(context), replicaSetController(context)]);

/** Makes pods ready as a kubelet would; images in `broken` never get there. Tells the fewest that were ready in between. */
async function kubelet(run: TestRun, rounds: number, broken: readonly string[] = []): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rounds; i++) {
    await run.settle();
    const { items } = await run.client.resource(podKind).list();
    fewest = Math.min(fewest, items.filter((p) => p.status?.phase === 'Running').length);
    await makeReady(run, { which: (pod) => !broken.includes(pod.spec.containers[0]?.image ?? '') });
  }
  return fewest;
}

const images = (pods: readonly Pod[]): string[] => pods.map((p) => p.spec.containers[0]?.image ?? '').sort();
const setImage = (run: TestRun, image: string): Promise<Deployment> =>
  run.client
    .resource(deploymentKind)
    .patch(ref, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } } });
const sets = async (run: TestRun): Promise<ReplicaSet[]> => (await run.client.resource(replicaSetKind).list()).items;

test('rolls out, updates within its bounds, and rolls back to the old replica set', async () => {
  const run = await start();
  await run.client.resource(deploymentKind).create(deployment());
  await kubelet(run, 2);
  const first = await run.client.resource(deploymentKind).get(ref);
  assert.deepEqual([first.status?.readyReplicas, first.status?.updatedReplicas, first.status?.unavailableReplicas], [3, 3, 0]);
  assert.deepEqual(first.status?.conditions?.map((c) => [c.type, c.status, c.reason]).sort(), [
    ['Available', 'True', 'MinimumReplicasAvailable'],
    ['Progressing', 'True', 'NewReplicaSetAvailable'],
  ]);
  assert.equal(first.metadata.annotations?.['deployment.kubernetes.io/revision'], '1');

  await setImage(run, 'v2');
  const fewest = await kubelet(run, 8);
  assert.ok(fewest >= 2, `never fewer than 2 ready, saw ${fewest}`);
  assert.deepEqual(images((await run.client.resource(podKind).list()).items), ['v2', 'v2', 'v2']);
  assert.equal((await sets(run)).length, 2);

  await setImage(run, 'v1');
  await kubelet(run, 8);
  assert.equal((await sets(run)).length, 2, 'the old template finds its replica set again');
  assert.equal((await run.client.resource(deploymentKind).get(ref)).metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
  const messages = (await run.client.resource(eventKind).list()).items
    .filter((e) => e.reason === 'ScalingReplicaSet')
    .map((e) => e.message);
  assert.match(messages[0] ?? '', /^Scaled up replica set web-\w+ from 0 to 3$/);
  run.stop();
});

test('a broken image stops the rollout and misses its deadline', async () => {
  const run = await start();
  await run.client.resource(deploymentKind).create(deployment());
  await kubelet(run, 2);
  await setImage(run, 'broken');
  await kubelet(run, 6, ['broken']);
  const pods = (await run.client.resource(podKind).list()).items;
  assert.deepEqual(images(pods), ['broken', 'broken', 'v1', 'v1'], 'one surge, one unavailable');
  await run.settle(700_000);
  const progressing = (await run.client.resource(deploymentKind).get(ref)).status?.conditions?.find((c) => c.type === 'Progressing');
  assert.deepEqual([progressing?.status, progressing?.reason], ['False', 'ProgressDeadlineExceeded']);
  run.stop();
});

test('Recreate has no old pod beside a new one', async () => {
  const run = await start();
  await run.client.resource(deploymentKind).create(deployment({ strategy: { type: 'Recreate' } }));
  await kubelet(run, 2);
  const seen = new Set<string>();
  run.client.onAction(({ verb, resource }) => {
    if (verb === 'create' && resource === 'pods')
      void run.client
        .resource(podKind)
        .list()
        .then(({ items }) => seen.add([...new Set(images(items))].join()));
  });
  await setImage(run, 'v2');
  await kubelet(run, 4);
  assert.deepEqual(images((await run.client.resource(podKind).list()).items), ['v2', 'v2', 'v2']);
  assert.equal(seen.has('v1,v2'), false);
  run.stop();
});

test('paused: scales but does not roll; history is trimmed', async () => {
  const run = await start();
  await run.client.resource(deploymentKind).create(deployment({ revisionHistoryLimit: 1 }));
  await kubelet(run, 2);
  await run.client.resource(deploymentKind).patch(ref, { type: 'merge', body: { spec: { paused: true, replicas: 5 } } });
  await setImage(run, 'v2');
  await kubelet(run, 3);
  assert.deepEqual(images((await run.client.resource(podKind).list()).items), ['v1', 'v1', 'v1', 'v1', 'v1']);
  await run.client.resource(deploymentKind).patch(ref, { type: 'merge', body: { spec: { paused: null } } });
  await kubelet(run, 8);
  await setImage(run, 'v3');
  await kubelet(run, 8);
  assert.deepEqual(images((await run.client.resource(podKind).list()).items), ['v3', 'v3', 'v3', 'v3', 'v3']);
  assert.deepEqual((await sets(run)).map((rs) => rs.spec.template?.spec?.containers[0]?.image).sort(), ['v2', 'v3']);
  run.stop();
});

const conditionOf = async (run: TestRun, type: string): Promise<(string | undefined)[]> => {
  const { status } = await run.client.resource(deploymentKind).get(ref);
  const { status: is, reason, message } = status?.conditions?.find((c) => c.type === type) ?? {};
  return [is, reason, message];
};

test('a rollout over another one leaves the first two behind', async () => {
  const run = await start();
  await run.client.resource(deploymentKind).create(deployment());
  await kubelet(run, 2);
  await setImage(run, 'v2');
  await kubelet(run, 1);
  await setImage(run, 'v3');
  await kubelet(run, 8);
  assert.deepEqual(images((await run.client.resource(podKind).list()).items), ['v3', 'v3', 'v3']);
  assert.deepEqual((await sets(run)).map(({ spec }) => spec.replicas).sort(), [0, 0, 3]);
  run.stop();
});

test('a rollback counts a new revision, remembers the old one, and the cause is on the replica set', async () => {
  const run = await start();
  const cause = (text: string): Promise<Deployment> =>
    run.client
      .resource(deploymentKind)
      .patch(ref, { type: 'merge', body: { metadata: { annotations: { 'kubernetes.io/change-cause': text } } } });
  await run.client.resource(deploymentKind).create(deployment());
  await cause('first');
  await kubelet(run, 2);
  await setImage(run, 'v2');
  await cause('second');
  await kubelet(run, 8);
  await setImage(run, 'v1');
  await kubelet(run, 8);
  const [first, second] = (await sets(run)).map(({ metadata: { annotations = {} } }) => [
    annotations['deployment.kubernetes.io/revision'],
    annotations['deployment.kubernetes.io/revision-history'],
    annotations['kubernetes.io/change-cause'],
  ]);
  assert.deepEqual(
    [first, second],
    [
      ['3', '1', 'second'],
      ['2', undefined, 'second'],
    ],
  );
  const set = { ...ref, name: (await sets(run))[0]?.metadata.name ?? '' };
  const annotations = { 'deployment.kubernetes.io/revision': '3546342826724305832' };
  await run.client.resource(replicaSetKind).patch(set, { type: 'merge', body: { metadata: { annotations } } });
  await setImage(run, 'v2');
  await kubelet(run, 8);
  const { metadata } = await run.client.resource(deploymentKind).get(ref);
  assert.equal(metadata.annotations?.['deployment.kubernetes.io/revision'], '3546342826724305833', 'an int64');
  run.stop();
});

test('tells of the replica set it made or found, of pods that a quota refuses, and that this takes too long', async () => {
  const run = await start();
  const refuse = { pods: true, replicasets: true };
  run.client.onAction(({ verb, resource, object }) => {
    const name = (object as Pod | undefined)?.metadata.name ?? 'web';
    if (verb === 'create' && (resource === 'pods' || resource === 'replicasets') && refuse[resource])
      throw forbidden({ group: '', resource }, name, 'exceeded quota');
  });
  await run.client.resource(deploymentKind).create(deployment());
  await run.settle(4);
  const [status, reason, message] = await conditionOf(run, 'Progressing');
  assert.deepEqual([status, reason], ['False', 'ReplicaSetCreateError']);
  assert.match(message ?? '', /^Failed to create new replica set "web-\w+": replicasets "web-\w+" is forbidden: exceeded quota$/);
  refuse.replicasets = false;
  await run.settle(2000);
  const [rs] = await sets(run);
  assert.deepEqual(await conditionOf(run, 'Progressing'), [
    'True',
    'NewReplicaSetCreated',
    `Created new replica set "${rs?.metadata.name}"`,
  ]);
  assert.deepEqual(await conditionOf(run, 'ReplicaFailure'), ['True', 'FailedCreate', 'pods "web" is forbidden: exceeded quota']);
  const { metadata, status: counts } = await run.client.resource(deploymentKind).get(ref);
  assert.equal(metadata.generation, 1, 'all this is status');
  assert.deepEqual([counts?.replicas, counts?.unavailableReplicas], [0, 3], 'who cannot be made is missed');
  await run.settle(700_000);
  assert.equal((await conditionOf(run, 'Progressing'))[1], 'ProgressDeadlineExceeded');
  refuse.pods = false;
  await run.settle(1_000_000);
  await kubelet(run, 2);
  assert.equal((await conditionOf(run, 'Progressing'))[1], 'NewReplicaSetAvailable');
  assert.deepEqual(await conditionOf(run, 'ReplicaFailure'), [undefined, undefined, undefined]);
  run.stop();
});

test('a name that is taken is avoided, and the collision counted', async () => {
  const run = await start();
  const { template } = deployment().spec;
  const other = { metadata: { labels: { app: 'other' } }, spec: { containers: [] } };
  await run.client.resource(replicaSetKind).create({
    metadata: { namespace: 'd', name: `web-${templateHash(template)}` },
    spec: { replicas: 0, selector: { matchLabels: { app: 'other' } }, template: other },
  });
  await run.client.resource(deploymentKind).create(deployment());
  await run.settle(1000);
  assert.equal((await run.client.resource(deploymentKind).get(ref)).status?.collisionCount, 1);
  assert.equal((await sets(run))[1]?.metadata.name, `web-${templateHash(template, 1)}`);
  run.stop();
});

test('adopts the replica set that an earlier deployment left', async () => {
  const run = await start();
  await run.client.resource(deploymentKind).create(deployment());
  await kubelet(run, 2);
  await run.client.resource(deploymentKind).delete(ref);
  const [left] = await sets(run);
  const body = { metadata: { ownerReferences: null } };
  await run.client.resource(replicaSetKind).patch({ namespace: 'd', name: left?.metadata.name ?? '' }, { type: 'merge', body });
  const { metadata } = await run.client.resource(deploymentKind).create(deployment());
  await kubelet(run, 2);
  assert.deepEqual(
    (await sets(run)).map((rs) => [rs.metadata.name, rs.metadata.ownerReferences?.[0]?.uid]),
    [[left?.metadata.name, metadata.uid]],
  );
  assert.equal((await conditionOf(run, 'Progressing'))[1], 'NewReplicaSetAvailable');
  run.stop();
});

test('minReadySeconds hold back a rollout; paused and resumed, its clock stands still', async () => {
  const run = await start();
  await run.client.resource(deploymentKind).create(deployment({ minReadySeconds: 30 }));
  await kubelet(run, 2);
  await setImage(run, 'v2');
  const since = (): string => new Date(run.clock.now()).toISOString();
  await makeReady(run, { since: since() });
  await makeReady(run, { since: since() });
  const mixed = ['v1', 'v1', 'v2', 'v2'];
  assert.deepEqual(images((await run.client.resource(podKind).list()).items), mixed);
  await run.client.resource(deploymentKind).patch(ref, { type: 'merge', body: { spec: { paused: true } } });
  await run.settle();
  assert.deepEqual(await conditionOf(run, 'Progressing'), ['Unknown', 'DeploymentPaused', 'Deployment is paused']);
  await run.settle(700_000);
  assert.deepEqual(images((await run.client.resource(podKind).list()).items), mixed);
  await run.client.resource(deploymentKind).patch(ref, { type: 'merge', body: { spec: { paused: null } } });
  await run.settle(4);
  await kubelet(run, 4);
  assert.deepEqual(images((await run.client.resource(podKind).list()).items), ['v2', 'v2', 'v2']);
  assert.equal((await conditionOf(run, 'Progressing'))[1], 'NewReplicaSetAvailable');
  run.stop();
});
