import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  eventKind,
  nodeKind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  type StorageClass,
  storageClassKind,
} from '@t8s/api';
import { StatusError } from '@t8s/meta';
import { FakeClient } from '@t8s/testkit';
import { startControllers, type TestRun } from '../../test-context.ts';
import { persistentVolumeBinder } from '../persistent-volume-binder/controller.ts';
import { volumeProvisioner } from './controller.ts';
import { ForeignDirectory, provisioners } from './provisioners.ts';

async function start(
  storageClass: Partial<StorageClass> = {},
  annotations: Record<string, string> = {},
): Promise<TestRun & { uid: string }> {
  const run = await startControllers((context) => [volumeProvisioner(context, { helperImage: 'busybox', directory: '/var/volumes' })]);
  const { metadata } = await makeClaim(run.client, storageClass.provisioner ?? 't8s.local/directory', annotations, storageClass);
  await run.settle();
  return { ...run, uid: metadata.uid ?? '' };
}

/** With its class, and the node n1. */
async function makeClaim(
  client: FakeClient,
  provisioner: string,
  annotations: Record<string, string>,
  storageClass: Partial<StorageClass> = {},
): Promise<PersistentVolumeClaim> {
  await client.resource(nodeKind).create({ metadata: { name: 'n1', labels: { 'kubernetes.io/hostname': 'host-1' } }, spec: {} });
  const mode = { volumeBindingMode: 'WaitForFirstConsumer', reclaimPolicy: 'Delete' };
  await client.resource(storageClassKind).create({ metadata: { name: 'standard' }, ...mode, ...storageClass, provisioner });
  const asked = { 'volume.kubernetes.io/storage-provisioner': provisioner, ...annotations };
  return client.resource(persistentVolumeClaimKind).create({
    metadata: { namespace: 'default', name: 'data', annotations: asked },
    spec: { storageClassName: 'standard', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
}

const onNode = { 'volume.kubernetes.io/selected-node': 'n1' };

const podsOf = async ({ client }: Pick<TestRun, 'client'>): Promise<Pod[]> => (await client.resource(podKind).list()).items;
const saidIn = async ({ client }: TestRun): Promise<string[]> =>
  (await client.resource(eventKind).list()).items.map(({ reason, message }) => `${reason}: ${message}`);

/** The volume as the binder would leave it. */
async function enter({ client, settle, uid }: TestRun & { uid: string }, phase: string): Promise<PersistentVolume> {
  const volumes = client.resource(persistentVolumeKind);
  const volume = await volumes.updateStatus({ ...(await volumes.get({ name: `pvc-${uid}` })), status: { phase } });
  await settle();
  return volume;
}

/** Ends the one helper pod there is. */
async function finish(run: TestRun, phase = 'Succeeded', message = ''): Promise<void> {
  const { client, settle } = run;
  const [pod] = await podsOf(run);
  assert.ok(pod);
  const containerStatuses = [{ state: { terminated: { exitCode: 1, message } } }] as never;
  await client.resource(podKind).updateStatus({ ...pod, status: { phase, containerStatuses } });
  await settle();
}

test('a directory on the node of the first pod: made by a pod there, then the volume is there for this claim', async () => {
  const waiting = await start();
  assert.deepEqual(await podsOf(waiting), [], 'no node yet');
  waiting.stop();

  const run = await start({}, onNode);
  const [pod] = await podsOf(run);
  assert.equal(pod?.spec.nodeName, 'n1');
  assert.deepEqual(pod?.spec.containers[0]?.command, ['mkdir', '-m', '0777', '-p', `/volume/pvc-${run.uid}`]);
  await finish(run);
  const volume = await run.client.resource(persistentVolumeKind).get({ name: `pvc-${run.uid}` });
  assert.deepEqual(volume.spec.local, { path: `/var/volumes/pvc-${run.uid}` });
  assert.equal(volume.spec.claimRef?.uid, run.uid);
  assert.deepEqual(volume.spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values, ['host-1']);
  assert.deepEqual(await podsOf(run), []);

  await enter(run, 'Released');
  const [remover] = await podsOf(run);
  assert.deepEqual([remover?.spec.nodeName, remover?.spec.containers[0]?.command], ['n1', ['rm', '-rf', `/volume/pvc-${run.uid}`]]);
  await finish(run);
  assert.deepEqual((await run.client.resource(persistentVolumeKind).list()).items, []);
  run.stop();
});

test('an NFS server: a directory below that of the class, without a node', async () => {
  const parameters = { server: 'nas', path: '/export/' };
  const run = await start({ provisioner: 't8s.local/nfs', volumeBindingMode: 'Immediate', parameters });
  const [pod] = await podsOf(run);
  assert.deepEqual([pod?.spec.nodeName, pod?.spec.volumes?.[0]?.nfs], [undefined, { server: 'nas', path: '/export' }]);
  await finish(run);
  const volume = await run.client.resource(persistentVolumeKind).get({ name: `pvc-${run.uid}` });
  assert.deepEqual(volume.spec.nfs, { server: 'nas', path: `/export/pvc-${run.uid}` });
  run.stop();
});

test('only directories that were made here are deleted, and only classes of ours are served', async () => {
  const base = { ...onNode, 'volume.kubernetes.io/storage-provisioner': 't8s.local/nfs' };
  const run = await start({ parameters: { server: 'nas', path: '/etc' } }, base);
  assert.deepEqual(await podsOf(run), [], "the claim's word is not the class's");
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
  assert.deepEqual(await podsOf(run), []);
  assert.deepEqual(
    (await run.client.resource(eventKind).list()).items.map(({ reason }) => reason),
    ['VolumeFailedDelete'],
  );
  run.stop();

  const nfs = { provisioner: 't8s.local/nfs', volumeBindingMode: 'Immediate' };
  const wrongClasses: [Partial<StorageClass>, RegExp][] = [
    [{ parameters: { path: 'volumes' } }, /the parameter path must be absolute and without '..'/],
    [{ parameters: { path: '/var/../etc' } }, /the parameter path must be absolute and without '..'/],
    [{ ...nfs, parameters: { server: 'nas', path: '/a/..' } }, /the parameter path must be absolute and without '..'/],
    [{ ...nfs, parameters: { server: 'nas,rw', path: '/a' } }, /the parameter server must be a host name or an address: nas,rw/],
  ];
  for (const [storageClass, why] of wrongClasses) {
    const wrong = await start(storageClass, onNode);
    assert.match((await saidIn(wrong)).join(), why);
    wrong.stop();
  }
});

test('what can not be provisioned says why, and what has failed is tried again, slower and slower', async () => {
  const wrong = await start({ provisioner: 't8s.local/nfs', volumeBindingMode: 'Immediate' });
  const prefix = 'ProvisioningFailed: failed to provision volume with StorageClass "standard": ';
  assert.deepEqual(await saidIn(wrong), [`${prefix}the class must have the parameters server and path`]);
  wrong.stop();

  const run = await start({}, onNode);
  for (const delay of [1000, 2000, 4000]) {
    await finish(run, 'Failed', "mkdir: can't create directory: Read-only file system\n");
    await run.settle(delay - 500);
    assert.deepEqual(await podsOf(run), [], `before ${delay} ms have passed`);
    await run.settle(1000);
    assert.equal((await podsOf(run)).length, 1);
  }
  assert.deepEqual(await saidIn(run), [
    'Provisioning: External provisioner is provisioning volume for claim "default/data"',
    `${prefix}mkdir: can't create directory: Read-only file system`,
  ]);
  run.stop();
});

test('what keeps a pod from its work is told where it is looked for', async () => {
  const parameters = { server: 'nas', path: '/export' };
  const run = await start({ provisioner: 't8s.local/nfs', volumeBindingMode: 'Immediate', parameters });
  const [maker] = await podsOf(run);
  const { name = '', uid = '' } = maker?.metadata ?? {};
  await run.client.resource(eventKind).create({
    metadata: { namespace: 'kube-system', name: 'e' },
    involvedObject: { kind: 'Pod', namespace: 'kube-system', name, uid },
    type: 'Warning',
    reason: 'FailedMount',
    message: 'mount.nfs is missing',
  });
  await run.settle();
  assert.equal(
    (await saidIn(run)).at(-1),
    'ProvisioningFailed: failed to provision volume with StorageClass "standard": mount.nfs is missing',
  );
  run.stop();
});

test('a volume stays until its directory has gone, unless its policy lets go of it', async () => {
  const run = await start({}, onNode);
  await finish(run);
  const volumes = run.client.resource(persistentVolumeKind);
  const finalizers = async (): Promise<unknown> => (await volumes.get({ name: `pvc-${run.uid}` })).metadata.finalizers;
  const setPolicy = async (persistentVolumeReclaimPolicy: string): Promise<void> => {
    const volume = await volumes.get({ name: `pvc-${run.uid}` });
    await volumes.update({ ...volume, spec: { ...volume.spec, persistentVolumeReclaimPolicy } });
    await run.settle();
  };
  await enter(run, 'Bound');
  const finalizer = 'external-provisioner.volume.kubernetes.io/finalizer';
  assert.deepEqual(await finalizers(), [finalizer]);
  await setPolicy('Retain');
  assert.deepEqual(await finalizers(), []);
  await setPolicy('Delete');
  assert.deepEqual(await finalizers(), [finalizer]);

  await volumes.delete({ name: `pvc-${run.uid}` });
  await run.settle();
  assert.deepEqual(await podsOf(run), [], 'its claim is still there');
  await enter(run, 'Released');
  await finish(run);
  assert.deepEqual((await volumes.list()).items, []);
  run.stop();
});

test('the directory of a claim that went too early becomes a volume to be deleted', async () => {
  const run = await start({}, onNode);
  await run.client.resource(persistentVolumeClaimKind).delete({ namespace: 'default', name: 'data' });
  await run.settle();
  assert.equal((await podsOf(run)).length, 1, 'what it does is not known before it has ended');
  await finish(run);
  const volume = await enter(run, 'Released');
  assert.deepEqual([volume.spec.claimRef?.uid, volume.spec.local?.path], [run.uid, `/var/volumes/pvc-${run.uid}`]);
  assert.deepEqual((await podsOf(run))[0]?.spec.containers[0]?.command, ['rm', '-rf', `/volume/pvc-${run.uid}`]);
  run.stop();
});

test('killed at any write, with the claim deleted meanwhile: no directory stays behind', async () => {
  const both = (client: FakeClient): Promise<TestRun> =>
    startControllers(
      (context) => [
        persistentVolumeBinder(context, { helperImage: 'busybox' }),
        volumeProvisioner(context, { helperImage: 'busybox', directory: '/var/volumes' }),
      ],
      { client },
    );
  let most = 0;
  for (let survived = 0; survived <= most; survived++) {
    const client = new FakeClient();
    const directories = new Set<string>();
    /** Ends all pods there are, like a kubelet whose node is quick. */
    const work = async ({ settle }: TestRun): Promise<void> => {
      for (const pod of await podsOf({ client })) {
        const [verb, ...rest] = pod.spec.containers[0]?.command ?? [];
        if (verb === 'mkdir') directories.add(rest.at(-1) ?? '');
        else directories.delete(rest.at(-1) ?? '');
        await client.resource(podKind).updateStatus({ ...pod, status: { phase: 'Succeeded' } });
      }
      await settle();
    };
    let left = survived;
    client.onAction(({ verb, resource }) => {
      const isWrite = verb === 'create' || verb === 'delete' || (verb === 'update' && resource.startsWith('persistentvolume'));
      if (isWrite && resource !== 'events' && left-- <= 0)
        throw new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 500 });
    });
    const ours = async <T>(write: () => Promise<T>): Promise<T> => {
      const kept = left;
      left = Number.POSITIVE_INFINITY;
      const written = await write();
      left = kept;
      return written;
    };
    await ours(() => makeClaim(client, 't8s.local/directory', onNode));
    const first = await both(client);
    for (let i = 0; i < 3; i++) await work(first);
    first.stop();
    most = Math.max(most, left < 0 ? survived + 1 : 0);
    left = Number.POSITIVE_INFINITY;
    await client.resource(persistentVolumeClaimKind).delete({ namespace: 'default', name: 'data' });
    const second = await both(client);
    for (let i = 0; i < 4; i++) await work(second);
    assert.deepEqual([...directories], [], `after ${survived} writes`);
    assert.deepEqual([await podsOf(second), (await client.resource(persistentVolumeKind).list()).items], [[], []]);
    second.stop();
  }
  assert.ok(most > 6, `${most} writes`);
});

test('what a node writes on a mirror pod makes no volume', async () => {
  const run = await start({}, onNode);
  const pods = run.client.resource(podKind);
  const [maker] = await podsOf(run);
  const annotations = {
    ...maker?.metadata.annotations,
    'kubernetes.io/config.mirror': 'x',
    't8s.local/volume-task': 'provision/default/other',
  };
  const mirror = await pods.create({ metadata: { namespace: 'kube-system', name: 'mirror', annotations }, spec: { containers: [] } });
  await pods.updateStatus({ ...mirror, status: { phase: 'Succeeded' } });
  await run.settle();
  assert.deepEqual((await run.client.resource(persistentVolumeKind).list()).items, []);
  run.stop();
});

test('a node that has gone is not waited for: another is chosen for a claim, and a volume says what it needs', async () => {
  const lost = await start({}, { 'volume.kubernetes.io/selected-node': 'gone' });
  assert.deepEqual(await saidIn(lost), ['ProvisioningFailed: node "gone" not found']);
  const claim = await lost.client.resource(persistentVolumeClaimKind).get({ namespace: 'default', name: 'data' });
  assert.equal(claim.metadata.annotations?.['volume.kubernetes.io/selected-node'], undefined);
  lost.stop();

  const run = await start({}, onNode);
  await finish(run);
  const nodes = run.client.resource(nodeKind);
  const node = await nodes.get({ name: 'n1' });
  await nodes.delete({ name: 'n1' });
  await enter(run, 'Released');
  await run.settle(600_000);
  const why = 'node "host-1" not found: the directory can be deleted when it is back; the reclaim policy Retain gives it up';
  assert.ok((await saidIn(run)).includes(`VolumeFailedDelete: ${why}`));
  assert.deepEqual(await podsOf(run), []);
  await nodes.create({ metadata: { name: 'n1', ...(node.metadata.labels && { labels: node.metadata.labels }) }, spec: {} });
  await run.settle();
  assert.equal((await podsOf(run))[0]?.spec.nodeName, 'n1');
  run.stop();
});
