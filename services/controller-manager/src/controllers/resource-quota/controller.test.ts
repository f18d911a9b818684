import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapKind, deploymentKind, type Pod, persistentVolumeClaimKind, podKind, resourceQuotaKind } from '@t8s/api';
import { Quantity } from '@t8s/meta';
import { startControllers, type TestRun } from '../../test-context.ts';
import { resourceQuotaController } from './controller.ts';
import { recount } from './recount.ts';

const ref = { namespace: 'd', name: 'q' };
const start = (): Promise<TestRun> => startControllers((context) => [resourceQuotaController(context)]);
const quotaOf = async ({ client }: TestRun) => (await client.resource(resourceQuotaKind).get(ref)).status;
const limit = (run: TestRun, hard: Record<string, string>, spec: object = {}): Promise<unknown> =>
  run.client.resource(resourceQuotaKind).create({ metadata: ref, spec: { hard, ...spec } });
const pod = (name: string, cpu: string): Pod => ({
  metadata: { name, namespace: 'd' },
  spec: { containers: [{ name: 'a', resources: { requests: { cpu } } }] },
});

test('what is there is counted, by kind, class and scope', async () => {
  const run = await start();
  const gold = 'gold.storageclass.storage.k8s.io/requests.storage';
  const { client } = run;
  await client.resource(podKind).create(pod('a', '500m'));
  await client.resource(podKind).create({ ...pod('elsewhere', '1'), metadata: { name: 'a', namespace: 'e' } });
  await client.resource(configMapKind).create({ metadata: { name: 'c', namespace: 'd' } });
  const spec = { storageClassName: 'gold', resources: { requests: { storage: '2Gi' } } };
  await client.resource(persistentVolumeClaimKind).create({ metadata: { name: 'c', namespace: 'd' }, spec });
  const template = { spec: { containers: [] } };
  await client.resource(deploymentKind).create({ metadata: { name: 'w', namespace: 'd' }, spec: { selector: {}, template } });
  const hard = { pods: '4', 'requests.cpu': '2', configmaps: '9', [gold]: '5Gi', 'count/deployments.apps': '3', 'count/nothing.x.io': '1' };
  await limit(run, hard);
  await run.settle(1000);
  assert.deepEqual(await quotaOf(run), {
    hard,
    used: { pods: '1', 'requests.cpu': '500m', configmaps: '1', [gold]: '2Gi', 'count/deployments.apps': '1' },
  });
  run.stop();
});

test('what ends or goes is given back; what is charged but not there only when the quota is quiet', async () => {
  const run = await start();
  const { client } = run;
  const pods = client.resource(podKind);
  for (const name of ['a', 'b', 'c']) await pods.create(pod(name, '1'));
  await limit(run, { pods: '5', 'count/pods': '5' });
  await run.settle(1000);
  // A create under way: charged, and not there yet.
  const quota = await client.resource(resourceQuotaKind).get(ref);
  await client.resource(resourceQuotaKind).updateStatus({ ...quota, status: { ...quota.status, used: { pods: '4', 'count/pods': '4' } } });
  await run.settle(1000);
  await pods.delete({ namespace: 'd', name: 'a' }, { gracePeriodSeconds: 0 });
  await pods.updateStatus({ ...(await pods.get({ namespace: 'd', name: 'b' })), status: { phase: 'Succeeded' } });
  await run.settle(1000);
  assert.deepEqual((await quotaOf(run))?.used, { pods: '2', 'count/pods': '3' }, 'the charge stands');
  await run.settle(11_000);
  assert.deepEqual((await quotaOf(run))?.used, { pods: '1', 'count/pods': '2' }, 'it came to nothing');
  run.stop();
});

test('a quota follows its spec and its scopes', async () => {
  const run = await start();
  const { client } = run;
  await client.resource(podKind).create(pod('a', '1'));
  await client.resource(podKind).create({ metadata: { name: 'b', namespace: 'd' }, spec: { containers: [{ name: 'a' }] } });
  await limit(run, { pods: '5' }, { scopes: ['BestEffort'] });
  await run.settle(1000);
  assert.deepEqual((await quotaOf(run))?.used, { pods: '1' });
  const quota = await client.resource(resourceQuotaKind).get(ref);
  await client.resource(resourceQuotaKind).update({ ...quota, spec: { ...quota.spec, hard: { pods: '1' } } });
  await run.settle(1000);
  assert.deepEqual(await quotaOf(run), { hard: { pods: '1' }, used: { pods: '1' } });
  run.stop();
});

test('a recount never takes away a charge', () => {
  const of = (pods: number) => ({ pods: Quantity.of(pods) });
  const next = (used: number, counted: number, released: number, isQuiet = false): string =>
    String(recount({ used: of(used), counted: of(counted), released: of(released), isQuiet })['pods']);
  assert.equal(next(5, 3, 0), '5');
  assert.equal(next(5, 3, 1), '4');
  assert.equal(next(5, 3, 4), '3');
  assert.equal(next(2, 3, 0), '3');
  assert.equal(next(5, 3, 0, true), '3');
});
