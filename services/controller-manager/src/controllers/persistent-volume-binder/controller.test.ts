import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  eventKind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  storageClassKind,
} from '@t8s/api';
import { StatusError } from '@t8s/meta';
import { FakeClient } from '@t8s/testkit';
import { startControllers, type TestRun } from '../../test-context.ts';
import { persistentVolumeBinder } from './controller.ts';

const volume = (name: string, storage: string, spec: Partial<PersistentVolume['spec']> = {}): PersistentVolume => ({
  metadata: { name },
  spec: {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: '/x' },
    ...spec,
  },
});
const claim = (name: string, storage: string, spec: Partial<PersistentVolumeClaim['spec']> = {}): PersistentVolumeClaim => ({
  metadata: { namespace: 'default', name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
});

async function start(client = new FakeClient()): Promise<TestRun & ReturnType<typeof seenBy>> {
  const run = await startControllers((context) => [persistentVolumeBinder(context, { helperImage: 'busybox' })], { client });
  return { ...run, ...seenBy(run) };
}

const seenBy = ({ client }: TestRun) => ({
  claims: client.resource(persistentVolumeClaimKind),
  volumes: client.resource(persistentVolumeKind),
  async phases(): Promise<Record<string, string | undefined>> {
    const all = [
      ...(await client.resource(persistentVolumeKind).list()).items.map((one) => [
        one.metadata.name,
        `${one.status?.phase} ${one.spec.claimRef?.name ?? '-'}`,
      ]),
      ...(await client.resource(persistentVolumeClaimKind).list()).items.map((one) => [
        one.metadata.name,
        `${one.status?.phase} ${one.spec.volumeName ?? '-'}`,
      ]),
    ];
    return Object.fromEntries(all);
  },
  async events(): Promise<string[]> {
    return (await client.resource(eventKind).list()).items.map(({ reason, message }) => `${reason}: ${message}`);
  },
});

test('claims and volumes find each other, whichever comes first; both say so', async () => {
  const { claims, volumes, settle, phases, events, stop } = await start();
  await claims.create(claim('early', '2Gi'));
  await settle();
  assert.deepEqual(await events(), ['FailedBinding: no persistent volumes available for this claim and no storage class is set']);
  await volumes.create(volume('big', '8Gi'));
  await volumes.create(volume('small', '2Gi'));
  await settle();
  await claims.create(claim('late', '3Gi'));
  await settle();
  const found = await phases();
  const early = found['early']?.endsWith('small') ? 'small' : 'big';
  assert.equal(found['early'], `Bound ${early}`);
  assert.equal(found[early], 'Bound early');
  const bound = await claims.get({ namespace: 'default', name: 'early' });
  assert.deepEqual(bound.metadata.annotations, { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' });
  assert.deepEqual(bound.status?.accessModes, ['ReadWriteOnce']);
  stop();
});

test('named by the claim, or by the volume: those two and no others', async () => {
  const { claims, volumes, settle, phases, events, stop } = await start();
  await volumes.create(volume('wanted', '1Gi'));
  await volumes.create(volume('reserved', '1Gi', { claimRef: { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'for-me' } }));
  await settle();
  await claims.create(claim('chooser', '1Gi', { volumeName: 'wanted' }));
  await settle();
  await claims.create(claim('greedy', '9Gi', { volumeName: 'small' }));
  await claims.create(claim('patient', '1Gi', { volumeName: 'to-come' }));
  await claims.create(claim('other', '5Gi'));
  await claims.create(claim('for-me', '1Gi'));
  await volumes.create(volume('small', '1Gi'));
  await settle();
  await volumes.create(volume('to-come', '1Gi'));
  await settle();
  assert.deepEqual(await phases(), {
    'to-come': 'Bound patient',
    patient: 'Bound to-come',
    wanted: 'Bound chooser',
    reserved: 'Bound for-me',
    chooser: 'Bound wanted',
    'for-me': 'Bound reserved',
    greedy: 'Pending small',
    other: 'Pending -',
    small: 'Available -',
  });
  assert.ok((await events()).includes('VolumeMismatch: Cannot bind to requested volume "small": requested PV is too small'));
  stop();
});

test('a claim that waits for its first pod is bound to nothing; one of a class is for a provisioner', async () => {
  const { client, claims, volumes, settle, phases, events, stop } = await start();
  const classes = client.resource(storageClassKind);
  await classes.create({ metadata: { name: 'later' }, provisioner: 'example.com/p', volumeBindingMode: 'WaitForFirstConsumer' });
  await classes.create({ metadata: { name: 'now' }, provisioner: 'example.com/p', volumeBindingMode: 'Immediate' });
  await volumes.create(volume('free', '5Gi', { storageClassName: 'later' }));
  for (const name of ['later', 'now', 'never']) await claims.create(claim(name, '1Gi', { storageClassName: name }));
  await settle();
  assert.deepEqual(await phases(), { free: 'Available -', later: 'Pending -', now: 'Pending -', never: 'Pending -' });
  const pod = await client.resource(podKind).create({
    metadata: { namespace: 'default', name: 'web' },
    spec: { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'later' } }] },
  });
  await client.resource(podKind).updateStatus({ ...pod, status: { conditions: [{ type: 'PodScheduled', status: 'False' }] } });
  await settle();
  assert.ok((await events()).includes('WaitForPodScheduled: waiting for pod web to be scheduled'));
  const { annotations } = (await claims.get({ namespace: 'default', name: 'now' })).metadata;
  assert.equal(annotations?.['volume.kubernetes.io/storage-provisioner'], 'example.com/p');
  const said = (await events()).map((event) => event.slice(0, event.indexOf(':'))).sort();
  assert.deepEqual(said, ['ExternalProvisioning', 'ProvisioningFailed', 'WaitForFirstConsumer', 'WaitForPodScheduled']);
  const later = await claims.get({ namespace: 'default', name: 'later' });
  await claims.update({ ...later, metadata: { ...later.metadata, annotations: { 'volume.kubernetes.io/selected-node': 'n' } } });
  await settle();
  assert.equal((await phases())['later'], 'Bound free');
  stop();
});

test('when the claim has gone the volume is kept, or emptied and free again, or fails where nobody can delete it', async () => {
  const { client, claims, volumes, settle, phases, events, stop } = await start();
  for (const policy of ['Retain', 'Recycle', 'Delete']) {
    const name = policy.toLowerCase();
    await volumes.create(volume(name, '1Gi', { persistentVolumeReclaimPolicy: policy }));
    await claims.create(claim(`c-${name}`, '1Gi', { volumeName: name }));
  }
  await settle();
  for (const name of ['retain', 'recycle', 'delete']) await claims.delete({ namespace: 'default', name: `c-${name}` });
  await settle();
  assert.deepEqual(await phases(), { retain: 'Released c-retain', recycle: 'Released c-recycle', delete: 'Failed c-delete' });
  const [helper] = (await client.resource(podKind).list()).items;
  assert.ok(helper);
  assert.deepEqual(helper.spec.volumes, [{ name: 'volume', hostPath: { path: '/x' } }]);
  await client.resource(podKind).updateStatus({ ...helper, status: { phase: 'Succeeded' } });
  await settle();
  assert.equal((await phases())['recycle'], 'Available -');
  assert.deepEqual((await client.resource(podKind).list()).items, []);
  const said = await events();
  assert.ok(said.includes('VolumeRecycled: Volume recycled'));
  assert.ok(said.includes('VolumeFailedDelete: host_path deleter only supports /tmp/.+ but received provided /x'));
  stop();
});

test('what has failed is tried again: Failed until it succeeds', async () => {
  const { client, claims, volumes, settle, phases, events, stop } = await start();
  for (const policy of ['Recycle', 'Delete']) {
    const more = { persistentVolumeReclaimPolicy: policy, hostPath: { path: '/tmp/disks/one' } };
    await volumes.create(volume(policy.toLowerCase(), '9Gi', more));
    await claims.create(claim(`c-${policy}`, '1Gi', { volumeName: policy.toLowerCase() }));
  }
  await settle();
  for (const policy of ['Recycle', 'Delete']) await claims.delete({ namespace: 'default', name: `c-${policy}` });
  await settle();
  const pods = client.resource(podKind);
  const end = async (phase: string): Promise<void> => {
    for (const pod of (await pods.list()).items) await pods.updateStatus({ ...pod, status: { phase, message: 'no disk' } });
    await settle();
  };
  for (const delay of [1000, 2000]) {
    await end('Failed');
    assert.deepEqual(await phases(), { recycle: 'Failed c-Recycle', delete: 'Failed c-Delete' });
    assert.deepEqual((await pods.list()).items, []);
    await settle(delay);
    const tries = (await pods.list()).items.map(({ metadata, spec }) => `${metadata.name} ${spec.activeDeadlineSeconds}`);
    assert.deepEqual(tries.sort(), ['deleter-for-delete 270', 'recycler-for-recycle 270']);
  }
  const deleter = await pods.get({ namespace: 'kube-system', name: 'deleter-for-delete' });
  assert.deepEqual([deleter.spec.volumes?.[0]?.hostPath?.path, deleter.spec.containers[0]?.command?.at(-1)], ['/tmp/disks', '/volume/one']);
  await end('Succeeded');
  assert.deepEqual(await phases(), { recycle: 'Available -' });
  const said = await events();
  assert.deepEqual(said.filter((event) => event.includes('no disk')).sort(), [
    'VolumeFailedDelete: no disk',
    'VolumeFailedRecycle: Recycle failed: no disk',
  ]);
  stop();
});

test('a volume whose claim went before its pods is emptied when they are through with it', async () => {
  const { client, claims, volumes, settle, events, stop } = await start();
  const pods = client.resource(podKind);
  await volumes.create(volume('v', '1Gi', { persistentVolumeReclaimPolicy: 'Recycle' }));
  await claims.create(claim('c', '1Gi'));
  const user = { namespace: 'default', name: 'user' };
  const spec = { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] };
  const pod = await pods.create({ metadata: user, spec });
  await settle();
  await claims.delete({ namespace: 'default', name: 'c' });
  await settle();
  assert.deepEqual(
    (await pods.list()).items.map(({ metadata }) => metadata.name),
    ['user'],
  );
  assert.ok((await events()).includes('VolumeFailedRecycle: Volume is used by pods: default/user'));
  await pods.updateStatus({ ...pod, status: { phase: 'Succeeded' } });
  await settle();
  assert.deepEqual((await pods.list()).items.map(({ metadata }) => metadata.name).sort(), ['recycler-for-v', 'user']);
  stop();
});

test('a claim whose volume is deleted under it is lost', async () => {
  const { claims, volumes, settle, phases, events, stop } = await start();
  await volumes.create(volume('v', '1Gi'));
  await claims.create(claim('c', '1Gi'));
  await settle();
  await volumes.delete({ name: 'v' });
  await settle();
  assert.deepEqual(await phases(), { c: 'Lost v' });
  assert.ok((await events()).includes('ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!'));
  stop();
});

test('killed at any write, the next one goes on: one volume for one claim', async () => {
  for (let survived = 0; survived < 4; survived++) {
    const client = new FakeClient();
    await client.resource(persistentVolumeKind).create(volume('v', '1Gi'));
    await client.resource(persistentVolumeKind).create(volume('w', '1Gi'));
    await client.resource(persistentVolumeClaimKind).create(claim('c', '1Gi'));
    let writes = 0;
    let isDead = false;
    client.onAction(({ verb, resource }) => {
      if (verb === 'update' && resource.startsWith('persistentvolume') && ++writes > survived + 2) isDead = true;
      if (isDead && verb === 'update')
        throw new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 500 });
    });
    const first = await start(client);
    first.stop();
    isDead = false;
    writes = Number.NEGATIVE_INFINITY;
    const second = await start(client);
    await second.settle();
    const { c, ...rest } = await second.phases();
    assert.match(c ?? '', /^Bound [vw]$/, `after ${survived} writes`);
    assert.deepEqual(Object.values(rest).sort(), ['Available -', 'Bound c']);
    second.stop();
  }
});
