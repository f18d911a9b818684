import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Deployment, deploymentKind, eventKind, type Pod, podKind, type ReplicaSet, replicaSetKind } from '@t8s/api';
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
