import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { type Lesson, lesson, plain, sleeper } from './lesson.ts';

export function storage(cluster: ClusterUnderTest): void {
  lesson(
    cluster,
    { name: 'volumes that are made by hand: bound by selector, kept, or emptied', namespace: 'static-volumes' },
    async (lesson) => {
      try {
        await byHand(lesson, cluster.home);
      } finally {
        await lesson.say('delete pv database scratch --ignore-not-found --wait=false');
      }
    },
  );

  lesson(
    cluster,
    { name: 'volumes that are made for claims: on the node of the pod, kept over pods, expanded', namespace: 'claims' },
    async (lesson) => {
      assert.match(
        await lesson.say('get storageclass'),
        /^standard \(default\) +t8s\.local\/directory +Delete +WaitForFirstConsumer +true +\S+$/m,
      );
      await lesson.apply(claim('my-claim', { accessModes: ['ReadWriteOnce'] }));
      await lesson.shows('describe pvc my-claim', /WaitForFirstConsumer .* waiting for first consumer to be created before binding$/m);
      await lesson.apply(pod('writer', 'my-claim', { nodeSelector: { 'kubernetes.io/hostname': 'node-1' } }));
      await lesson.waitFor('pod/writer', 'condition=Ready');
      assert.match((await lesson.say('get pvc my-claim --no-headers')).replaceAll(/ +/g, ' '), /^my-claim Bound pvc-\S+ 1Gi RWO standard /);
      await lesson.say('exec writer -- sh -c', 'echo kept > /data/file');
      await lesson.say('delete pod writer');
      // Who names no node comes to the node of the volume.
      await lesson.apply(pod('reader', 'my-claim'));
      await lesson.waitFor('pod/reader', 'condition=Ready');
      assert.equal(await lesson.say('exec reader -- cat /data/file'), 'kept\n');
      assert.deepEqual(await lesson.words('{.spec.nodeName}', 'get pod reader'), ['node-1']);
      await lesson.apply(pod('elsewhere', 'my-claim', { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } }));
      const why =
        "0/3 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 2 node(s) didn't match Pod's node affinity/selector.";
      await lesson.shows('describe pod elsewhere', new RegExp(`FailedScheduling .* ${why.replaceAll(/[.()]/g, '\\$&')}`));

      assert.equal(
        await lesson.say('patch pvc my-claim -p {"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'),
        'persistentvolumeclaim/my-claim patched\n',
      );
      await lesson.waitFor('pvc/my-claim', 'jsonpath={.status.capacity.storage}=2Gi');
      const less = await lesson.fails('patch pvc my-claim -p {"spec":{"resources":{"requests":{"storage":"1Gi"}}}}');
      assert.match(less, /spec\.resources\.requests\.storage: Forbidden: field can not be less than status\.capacity/);

      // Who waits for a volume, or a class, is told so; a pod has no address before its volumes are there.
      await lesson.apply(
        claim('by-annotation', { accessModes: ['ReadWriteOnce'] }, { 'volume.beta.kubernetes.io/storage-class': 'none' }),
        pod('early', '', { volumes: [{ name: 'data', hostPath: { path: join(cluster.home, 'none'), type: 'Directory' } }] }),
      );
      await lesson.shows('describe pvc by-annotation', /ProvisioningFailed .* storageclass\.storage\.k8s\.io "none" not found$/m);
      await lesson.shows('describe pod early', /FailedMount .* MountVolume\.SetUp failed for volume "data" : hostPath type check failed: /);
      await lesson.shows('get pod early -o wide --no-headers', /^early +0\/1 +ContainerCreating +0 +\S+ +<none> +node-/);

      // A claim that pods use stays until they are gone; then its volume goes with it.
      const [volume] = await lesson.words('{.spec.volumeName}', 'get pvc my-claim');
      await lesson.say('delete pvc my-claim --wait=false');
      await lesson.shows('get pvc my-claim --no-headers', /^my-claim +Terminating /);
      await lesson.say('delete pod reader elsewhere');
      await lesson.waitFor(`pvc/my-claim`, 'delete');
      await lesson.waitFor(`pv/${volume}`, 'delete');
      assert.deepEqual(
        readdirSync(join(cluster.dataDir, 'volumes')).filter((name) => name === volume),
        [],
      );
    },
  );
}

async function byHand(lesson: Lesson, home: string): Promise<void> {
  const kept = volume(home, 'database', 'Retain');
  assert.equal(
    await lesson.apply(kept, volume(home, 'scratch', 'Recycle')),
    'persistentvolume/database created\npersistentvolume/scratch created\n',
  );
  await lesson.shows('get pv database --no-headers', /^database +1Gi +RWX +Retain +Available /);
  await lesson.apply(
    claim('database', selecting('database')),
    claim('scratch', selecting('scratch')),
    claim('third', selecting('database')),
  );
  await lesson.waitFor('pvc/database pvc/scratch', 'jsonpath={.status.phase}=Bound');
  assert.match(plain(await lesson.say('get pvc database'))[1] ?? '', /^database Bound database 1Gi RWX (<unset> )?(<unset> )?AGE$/);
  assert.match(await lesson.say('get pv database --no-headers'), /^database +1Gi +RWX +Retain +Bound +static-volumes\/database /);
  await lesson.shows('get pvc third --no-headers', /^third +Pending /);

  // What one pod wrote the next one reads; the volume is this host's directory.
  await lesson.apply(pod('mysql', 'database', onHost), pod('temp', 'scratch', onHost));
  await lesson.waitFor('pod/mysql pod/temp', 'condition=Ready');
  for (const name of ['mysql', 'temp']) await lesson.say(`exec ${name} -- sh -c`, 'echo row > /data/table');
  await lesson.say('delete pod mysql temp');
  await lesson.apply(pod('mysql', 'database', onHost));
  await lesson.waitFor('pod/mysql', 'condition=Ready');
  assert.equal(await lesson.say('exec mysql -- cat /data/table'), 'row\n');
  await lesson.say('delete pod mysql');

  await lesson.say('delete pvc database scratch third');
  await lesson.shows('get pv database --no-headers', /^database +1Gi +RWX +Retain +Released +static-volumes\/database /);
  await lesson.shows('get pv scratch --no-headers', /^scratch +1Gi +RWX +Recycle +Available /);
  await lesson.apply(claim('scratch', selecting('scratch')), pod('look', 'scratch', onHost));
  await lesson.waitFor('pod/look', 'condition=Ready');
  assert.equal(await lesson.say('exec look -- ls -A /data'), '');
}

const onHost = { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } };

/** Below `home`: it goes with the cluster. */
const volume = (home: string, name: string, policy: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, labels: { volume: name } },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteMany'],
    persistentVolumeReclaimPolicy: policy,
    hostPath: { path: join(home, name), type: 'DirectoryOrCreate' },
  },
});

const selecting = (name: string): object => ({
  accessModes: ['ReadWriteMany'],
  storageClassName: '',
  selector: { matchLabels: { volume: name } },
});

const claim = (name: string, spec: object, annotations: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, annotations },
  spec: { resources: { requests: { storage: '1Gi' } }, ...spec },
});

function pod(name: string, claimName: string, more: object = {}): object {
  const containers = [
    { name: 'c', image: 't8s.local/busybox:1', command: ['sleep', '3600'], volumeMounts: [{ name: 'data', mountPath: '/data' }] },
  ];
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: sleeper({ containers, volumes, ...more }) };
}
