/** Volumes from their claims to their end, on a real apiserver: what pods would do on nodes is taken for done. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type PersistentVolume,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  type StorageClass,
  storageClassKind,
} from '@t8s/api';
import type { Client } from '@t8s/client';
import { Informer } from '@t8s/informer';
import { isStatus } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import { eventually } from '@t8s/testkit';
import { type ControllerManager, startControllerManager } from './controller-manager.ts';
import { type Cluster, startCluster } from './harness.ts';
import { keepPodsReady } from './ready-pods.ts';

let cluster: Cluster;
let admin: Client;
let manager: ControllerManager;
const kubelets = new AbortController();
/** What helper pods were told: their volume and the command. */
const work: string[] = [];
/** Of this image the simulated pods end well at once. */
const start = (): Promise<ControllerManager> => startControllerManager(cluster, ['--volume-helper-image=exit:0']);

before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  void keepPodsReady(admin, kubelets.signal);
  const pods = new Informer({ client: admin, kind: podKind, namespace: 'kube-system', log: silentLogger });
  pods.addHandler({
    added: ({ spec: { volumes = [], containers } }) => {
      const { nfs, hostPath } = volumes[0] ?? {};
      work.push(`${nfs ? `${nfs.server}:${nfs.path}` : hostPath?.path} ${containers[0]?.command?.slice(0, 2).join(' ')}`);
    },
  });
  void pods.run(kubelets.signal);
  manager = await start();
});
after(async () => {
  kubelets.abort();
  await manager.stop();
  await cluster.stop();
});

const volumes = () => admin.resource(persistentVolumeKind);
const claims = () => admin.resource(persistentVolumeClaimKind);
const reaches = (name: string, phase: string): Promise<PersistentVolume> =>
  eventually(async () => {
    const volume = await volumes().get({ name });
    assert.equal(volume.status?.phase, phase, manager.output());
    return volume;
  }, 20_000);
const isGone = (name: string): Promise<void> =>
  eventually(async () => {
    const found = await volumes()
      .get({ name })
      .catch((error: unknown) => error);
    assert.ok(isStatus(found, 'NotFound'), `${JSON.stringify(found)}\n${manager.output()}`);
  }, 20_000);

async function nfsClass(name: string, more: Partial<StorageClass> = {}): Promise<void> {
  await admin.resource(storageClassKind).create({
    metadata: { name },
    provisioner: 't8s.local/nfs',
    parameters: { server: 'nas.example.com', path: '/export' },
    allowVolumeExpansion: true,
    ...more,
  });
}

/** The volume of a new claim. */
async function claimed(name: string, storageClassName: string, volumeName?: string): Promise<PersistentVolume> {
  const spec = {
    accessModes: ['ReadWriteMany'],
    storageClassName,
    resources: { requests: { storage: '1Gi' } },
    ...(volumeName && { volumeName }),
  };
  const { metadata } = await claims().create({ metadata: { namespace: 'default', name }, spec });
  const volume = await reaches(volumeName ?? `pvc-${metadata.uid}`, 'Bound');
  await eventually(async () => assert.equal((await claims().get({ namespace: 'default', name })).status?.phase, 'Bound'), 20_000);
  return volume;
}
const drop = (name: string): Promise<unknown> => claims().delete({ namespace: 'default', name });

test('an NFS volume is made, grows and goes with its claim, whichever is deleted first and whoever is killed', async () => {
  await nfsClass('nfs', { mountOptions: ['nfsvers=4.1'] });
  const { metadata, spec } = await claimed('first', 'nfs');
  const { name = '', finalizers, annotations } = metadata;
  assert.deepEqual(spec.nfs, { server: 'nas.example.com', path: `/export/${name}` });
  assert.deepEqual(
    [spec.mountOptions, spec.persistentVolumeReclaimPolicy, spec.accessModes],
    [['nfsvers=4.1'], 'Delete', ['ReadWriteMany']],
  );
  assert.deepEqual(finalizers, ['external-provisioner.volume.kubernetes.io/finalizer', 'kubernetes.io/pv-protection']);
  assert.equal(annotations?.['pv.kubernetes.io/provisioned-by'], 't8s.local/nfs');

  const grow = { type: 'merge', body: { spec: { resources: { requests: { storage: '2Gi' } } } } } as const;
  await claims().patch({ namespace: 'default', name: 'first' }, grow);
  await eventually(async () => {
    const { status } = await claims().get({ namespace: 'default', name: 'first' });
    assert.deepEqual([status?.capacity, status?.allocatedResources], [{ storage: '2Gi' }, { storage: '2Gi' }]);
  }, 20_000);
  await drop('first');
  await isGone(name);

  const { metadata: second } = await claimed('second', 'nfs');
  await volumes().delete({ name: second.name ?? '' });
  await manager.stop('SIGKILL');
  await drop('second');
  manager = await start();
  await isGone(second.name ?? '');
  assert.deepEqual(
    work.splice(0).sort(),
    [name, second.name].flatMap(() => ['nas.example.com:/export mkdir -m', 'nas.example.com:/export rm -rf']).sort(),
  );
});

test('a policy that keeps: the volume is Released and nothing is deleted; one that recycles: it is emptied and free', async () => {
  await nfsClass('kept', { reclaimPolicy: 'Retain' });
  const { metadata } = await claimed('kept', 'kept');
  assert.deepEqual(metadata.finalizers, ['kubernetes.io/pv-protection']);
  await drop('kept');
  await reaches(metadata.name ?? '', 'Released');

  await volumes().create({
    metadata: { name: 'scratch' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Recycle',
      nfs: { server: 'nas.example.com', path: '/scratch' },
    },
  });
  await claimed('scratch', '', 'scratch');
  await drop('scratch');
  await reaches('scratch', 'Available');
  assert.deepEqual(work.splice(0), ['nas.example.com:/export mkdir -m', 'nas.example.com:/scratch sh -c']);
});
