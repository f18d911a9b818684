import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  eventKind,
  type PersistentVolume,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  type StorageClass,
  storageClassKind,
} from '@t8s/api';
import { startControllers, type TestRun } from '../../test-context.ts';
import { volumeProvisioner } from './controller.ts';
import { ForeignDirectory, provisioners } from './provisioners.ts';

async function start(
  storageClass: Partial<StorageClass> = {},
  annotations: Record<string, string> = {},
): Promise<TestRun & { uid: string }> {
  const run = await startControllers((context) => [volumeProvisioner(context, { helperImage: 'busybox', directory: '/var/volumes' })]);
  const provisioner = storageClass.provisioner ?? 't8s.local/directory';
  const mode = { volumeBindingMode: 'WaitForFirstConsumer', reclaimPolicy: 'Delete' };
  await run.client.resource(storageClassKind).create({ metadata: { name: 'standard' }, ...mode, ...storageClass, provisioner });
  const { metadata } = await run.client.resource(persistentVolumeClaimKind).create({
    metadata: {
      namespace: 'default',
      name: 'data',
      annotations: { 'volume.kubernetes.io/storage-provisioner': provisioner, ...annotations },
    },
    spec: { storageClassName: 'standard', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  await run.settle();
  return { ...run, uid: metadata.uid ?? '' };
}

const onNode = { 'volume.kubernetes.io/selected-node': 'n1' };

/** Ends the one helper pod there is. */
async function finish({ client, settle }: TestRun, phase = 'Succeeded', message = ''): Promise<void> {
  const [pod] = (await client.resource(podKind).list()).items;
  assert.ok(pod);
  const containerStatuses = [{ state: { terminated: { exitCode: 1, message } } }] as never;
  await client.resource(podKind).updateStatus({ ...pod, status: { phase, containerStatuses } });
  await settle();
}

test('a directory on the node of the first pod: made by a pod there, then the volume is there for this claim', async () => {
  const waiting = await start();
  assert.deepEqual((await waiting.client.resource(podKind).list()).items, [], 'no node yet');
  waiting.stop();

  const run = await start({}, onNode);
  const [pod] = (await run.client.resource(podKind).list()).items;
  assert.equal(pod?.spec.nodeName, 'n1');
  assert.deepEqual(pod?.spec.containers[0]?.command, ['mkdir', '-m', '0777', '-p', `/volume/pvc-${run.uid}`]);
  await finish(run);
  const volume = await run.client.resource(persistentVolumeKind).get({ name: `pvc-${run.uid}` });
  assert.deepEqual(volume.spec.local, { path: `/var/volumes/pvc-${run.uid}` });
  assert.equal(volume.spec.claimRef?.uid, run.uid);
  assert.deepEqual(volume.spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values, ['n1']);
  assert.deepEqual((await run.client.resource(podKind).list()).items, []);

  const released: PersistentVolume = { ...volume, status: { phase: 'Released' } };
  await run.client.resource(persistentVolumeKind).updateStatus(released);
  await run.settle();
  const [remover] = (await run.client.resource(podKind).list()).items;
  assert.deepEqual([remover?.spec.nodeName, remover?.spec.containers[0]?.command], ['n1', ['rm', '-rf', `/volume/pvc-${run.uid}`]]);
  await finish(run);
  assert.deepEqual((await run.client.resource(persistentVolumeKind).list()).items, []);
  run.stop();
});

test('an NFS server: a directory below that of the class, without a node', async () => {
  const parameters = { server: 'nas', path: '/export/' };
  const run = await start({ provisioner: 't8s.local/nfs', volumeBindingMode: 'Immediate', parameters });
  const [pod] = (await run.client.resource(podKind).list()).items;
  assert.deepEqual([pod?.spec.nodeName, pod?.spec.volumes?.[0]?.nfs], [undefined, { server: 'nas', path: '/export' }]);
  await finish(run);
  const volume = await run.client.resource(persistentVolumeKind).get({ name: `pvc-${run.uid}` });
  assert.deepEqual(volume.spec.nfs, { server: 'nas', path: `/export/pvc-${run.uid}` });
  run.stop();
});

test('only directories that were made here are deleted, and only classes of ours are served', async () => {
  const base = { ...onNode, 'volume.kubernetes.io/storage-provisioner': 't8s.local/nfs' };
  const run = await start({ parameters: { server: 'nas', path: '/etc' } }, base);
  assert.deepEqual((await run.client.resource(podKind).list()).items, [], "the claim's word is not the class's");
  const made = provisioners('/var/volumes');
  const removal = (kind: 'local' | 'nfs', path: string, name = 'lib') =>
    made
      .get(kind === 'local' ? 't8s.local/directory' : 't8s.local/nfs')
      ?.remove({ metadata: { name }, spec: { [kind]: { server: 'nas', path } } });
  for (const path of ['/var/other', '/var/other/../lib', 'lib', '', '/'])
    for (const kind of ['local', 'nfs'] as const) assert.throws(() => removal(kind, path), ForeignDirectory, path);
  assert.deepEqual(removal('local', '/lib')?.volume.hostPath?.path, '/');
  assert.deepEqual(removal('nfs', '/a//lib')?.volume.nfs?.path, '/a');

  const volumes = run.client.resource(persistentVolumeKind);
  const annotations = { 'pv.kubernetes.io/provisioned-by': 't8s.local/directory' };
  const spec = { persistentVolumeReclaimPolicy: 'Delete', local: { path: '/var/mine' } };
  const foreign = await volumes.create({ metadata: { name: 'lib', annotations }, spec });
  await volumes.updateStatus({ ...foreign, status: { phase: 'Released' } });
  await run.settle();
  assert.deepEqual((await run.client.resource(podKind).list()).items, []);
  assert.deepEqual(
    (await run.client.resource(eventKind).list()).items.map(({ reason }) => reason),
    ['VolumeFailedDelete'],
  );
  run.stop();

  for (const path of ['volumes', '/var/../etc']) {
    const wrong = await start({ parameters: { path } }, onNode);
    const [event] = (await wrong.client.resource(eventKind).list()).items;
    assert.match(event?.message ?? '', /the parameter path must be absolute and without '..'/);
    wrong.stop();
  }
});

test('what can not be provisioned says why, and what has failed is tried again', async () => {
  const said = async ({ client }: TestRun): Promise<string[]> =>
    (await client.resource(eventKind).list()).items.map(({ message = '' }) => message);
  const wrong = await start({ provisioner: 't8s.local/nfs', volumeBindingMode: 'Immediate' });
  const prefix = 'failed to provision volume with StorageClass "standard": ';
  assert.deepEqual(await said(wrong), [`${prefix}the class must have the parameters server and path`]);
  wrong.stop();

  const run = await start({}, onNode);
  await finish(run, 'Failed', "mkdir: can't create directory: Read-only file system\n");
  assert.deepEqual(await said(run), [`${prefix}mkdir: can't create directory: Read-only file system`]);
  await run.settle(2000);
  assert.equal((await run.client.resource(podKind).list()).items.length, 1);
  run.stop();
});
