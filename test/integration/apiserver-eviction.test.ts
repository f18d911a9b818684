/** Evictions under disruption budgets, through the real apiserver: the budget's numbers are written here in the controller's place. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type PodDisruptionBudgetStatus, podDisruptionBudgetKind, podKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus, type Status, StatusError } from '@t8s/meta';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

const ref = (name: string): { namespace: string; name: string } => ({ namespace: 'default', name });

/** A pod that runs, ready or not. */
async function run(name: string, { app = name, ready = true, phase = 'Running' } = {}): Promise<void> {
  const pods = admin.resource(podKind);
  const pod = await pods.create({ metadata: { ...ref(name), labels: { app } }, spec: { containers: [{ name: 'c', image: 'i' }] } });
  await pods.updateStatus({ ...pod, status: { ...pod.status, phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } });
}

async function budget(name: string, app: string, status: Partial<PodDisruptionBudgetStatus>, spec: object = {}): Promise<void> {
  const budgets = admin.resource(podDisruptionBudgetKind);
  const made = await budgets.create({ metadata: ref(name), spec: { minAvailable: 1, selector: { matchLabels: { app } }, ...spec } });
  const zero = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, observedGeneration: 1 };
  await budgets.updateStatus({ ...made, status: { ...zero, ...status } });
}

const evict = (name: string, deleteOptions?: object, query = ''): Promise<unknown> =>
  admin.request({
    method: 'POST',
    path: `/api/v1/namespaces/default/pods/${name}/eviction${query}`,
    body: JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: ref(name), ...(deleteOptions && { deleteOptions }) }),
  });
const exists = (name: string): Promise<boolean> =>
  admin
    .resource(podKind)
    .get(ref(name))
    .then(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
      (error) => {
        if (isStatus(error, 'NotFound')) return false;
        throw error;
      },
    );
const refusal = (status: object) => (error: unknown) => {
  assert.ok(error instanceof StatusError);
  const { message, reason, code, details } = error.status;
  assert.deepEqual({ message, reason, code, details }, status);
  return true;
};

test('a budget lets go what it can spare, and remembers whom', async () => {
  await run('a1', { app: 'a' });
  await run('a2', { app: 'a' });
  await budget('a', 'a', { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 });
  await evict('a1', undefined, '?dryRun=All');
  assert.equal(await exists('a1'), true, 'a dry run leaves the pod and the budget alone');
  await evict('a1');
  assert.equal(await exists('a1'), false);
  const { status } = await admin.resource(podDisruptionBudgetKind).get(ref('a'));
  assert.deepEqual([status?.disruptionsAllowed, Object.keys(status?.disruptedPods ?? {})], [0, ['a1']]);
  const [condition] = status?.conditions ?? [];
  assert.deepEqual([condition?.type, condition?.status, condition?.reason], ['DisruptionAllowed', 'False', 'InsufficientPods']);
  await assert.rejects(
    evict('a2'),
    refusal({
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      reason: 'TooManyRequests',
      code: 429,
      details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget a needs 1 healthy pods and has 2 currently' }] },
    }),
  );
  assert.equal(await exists('a2'), true);
});

test('a budget that nobody has looked at yet asks for patience', async () => {
  await run('b');
  await budget('b', 'b', { disruptionsAllowed: 1, observedGeneration: 0 });
  const { status, retryAfter, body } = await evictOnce('b');
  const { details } = JSON.parse(body) as Status;
  assert.deepEqual([status, retryAfter], [429, '10']);
  assert.deepEqual(details, {
    causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget b is still being processed by the server.' }],
    retryAfterSeconds: 10,
  });
});

/** Without a client that would ask again. */
async function evictOnce(name: string): Promise<{ status: number; retryAfter: string | undefined; body: string }> {
  const { ca, cert, key } = cluster.api.connection;
  const url = `${cluster.api.url}/api/v1/namespaces/default/pods/${name}/eviction`;
  const sent = request(url, { method: 'POST', ca, cert, key }).end(JSON.stringify({ metadata: { name } }));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body: await text(response) };
}

test('pods that do not count go without their budget', async () => {
  await budget('c', 'c', { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 1 });
  await run('c-pending', { app: 'c', phase: 'Pending' });
  await run('c-done', { app: 'c', phase: 'Succeeded' });
  await run('c-sick', { app: 'c', ready: false });
  await evict('c-pending');
  await evict('c-done');
  await assert.rejects(evict('c-sick'), (error) => isStatus(error, 'TooManyRequests'));
  const budgets = admin.resource(podDisruptionBudgetKind);
  const { metadata, spec } = await budgets.get(ref('c'));
  await budgets.update({ metadata, spec: { ...spec, unhealthyPodEvictionPolicy: 'AlwaysAllow' } });
  await evict('c-sick');
  assert.deepEqual(await Promise.all(['c-pending', 'c-done', 'c-sick'].map(exists)), [false, false, false]);
});

test('two budgets for one pod are one too many; a pod without one goes, and says why', async () => {
  await run('d');
  await budget('d1', 'd', { disruptionsAllowed: 1 });
  await budget('d2', 'd', { disruptionsAllowed: 1 });
  await assert.rejects(evict('d'), {
    message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  });
  await run('e');
  const pods = admin.resource(podKind);
  await pods.patch(ref('e'), { type: 'merge', body: { metadata: { finalizers: ['example.com/hold'] } } });
  await assert.rejects(evict('e', { preconditions: { uid: 'other' } }), (error) => isStatus(error, 'Conflict'));
  await evict('e');
  const { metadata, status } = await pods.get(ref('e'));
  assert.ok(metadata.deletionTimestamp);
  const condition = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  assert.deepEqual([condition?.status, condition?.reason, condition?.message], ['True', 'EvictionByEvictionAPI', 'Eviction API: evicting']);
  await pods.patch(ref('e'), { type: 'merge', body: { metadata: { finalizers: null } } });
});

test('the name of the path counts', async () => {
  const path = '/api/v1/namespaces/default/pods/a2/eviction';
  await assert.rejects(admin.request({ method: 'POST', path, body: JSON.stringify({ metadata: { name: 'a1' } }) }), {
    message: 'name in URL does not match name in Eviction object',
  });
});

test('an Eviction of policy/v1beta1 is one too', async () => {
  await run('old-client');
  const path = '/api/v1/namespaces/default/pods/old-client/eviction';
  const body = JSON.stringify({ apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: ref('old-client') });
  await admin.request({ method: 'POST', path, body });
  assert.equal(await exists('old-client'), false);
});

test('a budget with an empty selector covers every pod of its namespace', async () => {
  await run('f');
  await budget('everything', '', {}, { selector: {} });
  await assert.rejects(evict('f'), (error) => isStatus(error, 'TooManyRequests'));
  await admin.resource(podDisruptionBudgetKind).delete(ref('everything'));
  await evict('f');
});
