import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { notFound } from '@t8s/meta';
import { PodDirs } from '../pods/pod-dirs.ts';
import { PodVolumes, VolumeError } from './pod-volumes.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';

const root = mkdtempSync(join(tmpdir(), 't8s-volumes-'));
after(() => rmSync(root, { recursive: true }));

const clock = new FakeClock();
let issued = 0;
const due: string[] = [];
const tokens = new ServiceAccountTokens({
  clock,
  due: (pod) => due.push(pod.metadata.name ?? ''),
  request: async (_, audiences, seconds) => ({
    token: `token-${++issued}-${audiences.join()}`,
    expirationTimestamp: new Date(clock.now() + seconds * 1000).toISOString(),
  }),
});

const claims = new Map<string, PersistentVolumeClaim>();
const persistentVolumes = new Map<string, PersistentVolume>();

const volumes = new PodVolumes(new PodDirs(root), {
  claim: async (_, name) => claims.get(name) ?? missing('persistentvolumeclaims', name),
  volume: async (name) => persistentVolumes.get(name) ?? missing('persistentvolumes', name),
  objects: {
    configMap: async (_, name) => {
      if (name === 'none') throw notFound({ group: '', resource: 'configmap' }, name);
      return { metadata: { name }, data: { 'ca.crt': 'CA' }, binaryData: { b: 'AAE=' } };
    },
    secret: async (_, name) => ({ metadata: { name }, data: { k: Buffer.from('v').toString('base64') } }),
  },
  token: (pod, projection) => tokens.get(pod, projection),
  addresses: () => ({ podIps: ['10.0.0.1'], hostIps: [] }),
  allocatable: () => ({}),
});

function missing(resource: string, name: string): never {
  throw notFound({ group: '', resource }, name);
}

const podWith = (list: Volume[]): Pod => ({
  metadata: { name: 'web', namespace: 'default', uid: 'u1' },
  spec: { containers: [], volumes: list },
});

test('what the service-account admission adds is projected: token, CA, namespace', async () => {
  const pod = podWith([
    {
      name: 'kube-api-access',
      projected: {
        defaultMode: 0o644,
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
        ],
      },
    },
    { name: 'secret', secret: { secretName: 's', defaultMode: 0o400 } },
    { name: 'scratch', emptyDir: {} },
  ]);
  const paths = await volumes.prepare(pod);
  const dir = paths.get('kube-api-access')?.path ?? '';
  assert.equal(dir, join(root, 'pods/u1/volumes/kubernetes.io~projected/kube-api-access'));
  assert.deepEqual(
    ['token', 'ca.crt', 'namespace'].map((name) => readFileSync(join(dir, name), 'utf8')),
    ['token-1-', 'CA', 'default'],
  );
  assert.equal(statSync(join(paths.get('secret')?.path ?? '', 'k')).mode & 0o777, 0o400);
  assert.equal(statSync(paths.get('scratch')?.path ?? '').mode & 0o777, 0o777);

  await clock.advance(3607 * 0.79 * 1000);
  await volumes.prepare(pod);
  assert.equal(issued, 1, 'a token is not asked for before it is due');
  await clock.advance(60_000);
  assert.deepEqual(due, ['web']);
  await volumes.prepare(pod);
  assert.equal(readFileSync(join(dir, 'token'), 'utf8'), 'token-2-');
  await volumes.remove('u1');
  assert.equal(existsSync(join(root, 'pods/u1')), false);
});

test('what is missing or unknown is said in the words of FailedMount', async () => {
  const says = (volume: Volume, text: RegExp): Promise<void> =>
    assert.rejects(volumes.prepare(podWith([volume])), (e) => e instanceof VolumeError && text.test(e.message));
  await says({ name: 'c', configMap: { name: 'none' } }, /^MountVolume.SetUp failed for volume "c" : configmap "none" not found$/);
  await says({ name: 'c', configMap: { name: 'x', items: [{ key: 'no', path: 'p' }] } }, /references non-existent config key: no/);
  await says({ name: 'h', hostPath: { path: join(root, 'nowhere'), type: 'Directory' } }, /is not a directory/);
  await says(
    { name: 'p', persistentVolumeClaim: { claimName: 'x' } },
    /^Unable to attach or mount volumes: unmounted volumes=\[p\], unattached volumes=\[\], failed to process volumes=\[p\]: error processing PVC default\/x: failed to fetch PVC from API server: persistentvolumeclaims "x" not found$/,
  );
  await says({ name: 'n', nfs: { server: '-oloop', path: '/x' } }, /invalid NFS server "-oloop"$/);
  if (!existsSync('/sbin/mount.nfs'))
    await says({ name: 'n', nfs: { server: '127.0.0.1', path: '/x' } }, /: \/sbin\/mount\.nfs is missing on this node: install nfs-common/);
  await says({ name: 'g', glusterfs: { endpoints: 'e', path: 'p' } }, /volume type glusterfs is not supported/);
  await volumes.prepare(podWith([{ name: 'c', configMap: { name: 'none', optional: true } }]));
});

test('a claim is the directory it is bound to: given to the group of the pod, writable or not', async () => {
  const path = join(root, 'disk');
  mkdirSync(path);
  writeFileSync(join(path, 'old'), '', { mode: 0o600 });
  const bound = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } };
  claims.set('data', { metadata: { name: 'data', uid: 'c1', ...bound }, spec: { volumeName: 'pv' } });
  claims.set('pending', { metadata: { name: 'pending', uid: 'c2' }, spec: {} });
  claims.set('taken', { metadata: { name: 'taken', uid: 'c3', ...bound }, spec: { volumeName: 'pv' } });
  persistentVolumes.set('pv', { metadata: { name: 'pv' }, spec: { local: { path }, claimRef: { uid: 'c1' } } });
  const claimed = (claimName: string, readOnly = false) => {
    const pod = podWith([{ name: 'd', persistentVolumeClaim: { claimName, readOnly } }]);
    return {
      ...pod,
      metadata: { ...pod.metadata, uid: `${claimName}-${readOnly}` },
      spec: { ...pod.spec, securityContext: { fsGroup: 1234 } },
    };
  };
  assert.deepEqual((await volumes.prepare(claimed('data', true))).get('d'), { path, readOnly: true });
  assert.equal(statSync(path).gid, 0);
  assert.deepEqual((await volumes.prepare(claimed('data'))).get('d'), { path, readOnly: false });
  assert.deepEqual([statSync(path).gid, statSync(path).mode & 0o2770, statSync(join(path, 'old')).mode & 0o777], [1234, 0o2770, 0o660]);
  await assert.rejects(volumes.prepare(claimed('pending')), /error processing PVC default\/pending: PVC is not bound$/);
  await assert.rejects(
    volumes.prepare(claimed('taken')),
    /found PV object pv but its pv.Spec.ClaimRef.UID c1 does not point to claim.UID c3$/,
  );
  rmSync(path, { recursive: true });
  await assert.rejects(volumes.prepare(claimed('data')), /path ".*disk" does not exist$/);
  await volumes.remove('data-false');
});
