import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pod, type PodSpec, persistentVolumeClaimKind, podKind } from '@t8s/api';
import { FakeClient } from '@t8s/testkit';
import { startControllers, type TestRun } from '../../test-context.ts';
import { pvcProtection } from './controller.ts';

const namespace = 'd';
const finalizers = ['kubernetes.io/pvc-protection'];
const mounted = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] };
const own = { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'u1', controller: true };

const pod = (spec: Partial<PodSpec>, metadata: Pod['metadata'] = {}): Pod => ({
  metadata: { name: 'web', namespace, uid: 'u1', ...metadata },
  spec: { containers: [], nodeName: 'n1', ...spec },
});

/** A claim that is deleted while this pod is there. */
async function deleted(user: Pod, claim: object = { name: 'data' }): Promise<TestRun & { names(): Promise<unknown[]> }> {
  const run = await startControllers((context) => [pvcProtection(context)]);
  const claims = run.client.resource(persistentVolumeClaimKind);
  await run.client.resource(podKind).create(user);
  const { metadata } = await claims.create({ metadata: { namespace, finalizers, ...claim }, spec: {} });
  await claims.delete({ namespace, name: metadata.name ?? '' });
  await run.settle();
  return { ...run, names: async () => (await claims.list()).items.map((item) => item.metadata.name) };
}

const ephemeral = { volumes: [{ name: 'v', ephemeral: {} }] };
const cases: [what: string, user: Pod, claim: object, stays: boolean][] = [
  ['a pod on a node', pod(mounted), { name: 'data' }, true],
  ['a pod without a node', pod({ ...mounted, nodeName: '' }), { name: 'data' }, false],
  ['a pod with another claim', pod(mounted), { name: 'other' }, false],
  ['the pod that it was made for', pod(ephemeral), { name: 'web-v', ownerReferences: [own] }, true],
  ['a pod that only looks like its own', pod(ephemeral), { name: 'web-v', ownerReferences: [{ ...own, uid: 'u2' }] }, false],
];
for (const [what, user, claim, stays] of cases)
  test(`${what} ${stays ? 'keeps a claim' : 'lets a claim go'}`, async () => {
    const { names, stop } = await deleted(user, claim);
    assert.equal((await names()).length, stays ? 1 : 0);
    stop();
  });

test('the claim goes with the last pod', async () => {
  const { client, names, settle, stop } = await deleted(pod(mounted));
  await client.resource(podKind).delete({ namespace, name: 'web' }, { gracePeriodSeconds: 0 });
  await settle();
  assert.deepEqual(await names(), []);
  stop();
});

test('many claims of a namespace go with one look at its pods', async () => {
  const client = new FakeClient();
  const claims = client.resource(persistentVolumeClaimKind);
  for (let i = 0; i < 20; i++) {
    await claims.create({ metadata: { namespace, name: `c${i}`, finalizers }, spec: {} });
    await claims.delete({ namespace, name: `c${i}` });
  }
  const { settle, stop } = await startControllers((context) => [pvcProtection(context)], { client });
  await settle();
  assert.deepEqual((await claims.list()).items, []);
  const looks = client.actions.filter(({ verb, resource, namespace: of }) => verb === 'list' && resource === 'pods' && of === namespace);
  assert.equal(looks.length, 1);
  stop();
});
