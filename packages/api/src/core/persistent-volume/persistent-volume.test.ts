import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { PersistentVolume, PersistentVolumeSpec } from '../../generated/types.ts';
import { persistentVolumeKind } from './kind.ts';

const { strategy, subresources, columns = [] } = persistentVolumeKind;
const base: PersistentVolumeSpec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] };
const nfs = { server: 's', path: '/p' };
const csi = { driver: 'd.example.com', volumeHandle: 'h' };

function created(spec: PersistentVolumeSpec): PersistentVolume {
  const volume: PersistentVolume = { metadata: { name: 'v' }, spec: structuredClone(spec) };
  strategy.defaults?.(volume);
  strategy.prepareForCreate?.(volume);
  return volume;
}
const messages = (spec: PersistentVolumeSpec): string[] => (strategy.validate?.(created(spec)) ?? []).map(fieldErrorMessage);
const affinity = (key: string) => ({ required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: ['a'] }] }] } });

test('defaults, and the state a volume begins in', () => {
  const { spec, status } = created({ ...base, hostPath: { path: '/x' } });
  assert.deepEqual(
    [spec.persistentVolumeReclaimPolicy, spec.volumeMode, spec.hostPath],
    ['Retain', 'Filesystem', { path: '/x', type: '' }],
  );
  assert.equal(status?.phase, 'Pending');
  assert.match(status?.lastPhaseTransitionTime ?? '', /^\d{4}-/);
});

test('each rule by an example', () => {
  const cases: [spec: PersistentVolumeSpec, ...errors: string[]][] = [
    [{ ...base, nfs }],
    [base, 'spec: Required value: must specify a volume type'],
    [
      { nfs },
      'spec.accessModes: Required value',
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: null: supported values: "storage"',
    ],
    [{ ...base, capacity: { storage: '0' }, nfs }, 'spec.capacity[storage]: Invalid value: "0": must be greater than zero'],
    [
      { ...base, accessModes: ['RWO'], nfs },
      'spec.accessModes: Unsupported value: "RWO": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ],
    [
      { ...base, accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'], nfs },
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
    ],
    [{ ...base, nfs, hostPath: { path: '/' } }, 'spec.nfs: Forbidden: may not specify more than 1 volume type'],
    [{ ...base, hostPath: { path: '/a/../b' } }, `spec.hostPath.path: Invalid value: "/a/../b": must not contain '..'`],
    [
      { ...base, hostPath: { path: '//' }, persistentVolumeReclaimPolicy: 'Recycle' },
      "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
    ],
    [{ ...base, local: { path: '/d' } }, 'spec.nodeAffinity: Required value: Local volume requires node affinity'],
    [{ ...base, local: { path: '/d' }, nodeAffinity: affinity('a') }],
    [{ ...base, nfs, nodeAffinity: {} }, 'spec.nodeAffinity.required: Required value: must specify required node constraints'],
    [{ ...base, gcePersistentDisk: { pdName: '' } }, 'spec.persistentDisk.pdName: Required value'],
    [
      { ...base, csi: { ...csi, nodePublishSecretRef: { name: 'A' } } },
      `spec.csi.nodePublishSecretRef.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'spec.csi.nodePublishSecretRef.namespace: Required value',
    ],
    [{ ...base, csi: { driver: '', volumeHandle: '' } }, 'spec.csi.driver: Required value', 'spec.csi.volumeHandle: Required value'],
    [
      { ...base, nfs, volumeAttributesClassName: 'c' },
      'spec.csi: Required value: has to be specified when using volumeAttributesClassName',
    ],
    [{ ...base, nfs, volumeMode: 'x' }, 'spec.volumeMode: Unsupported value: "x": supported values: "Block", "Filesystem"'],
    [
      { ...base, nfs, persistentVolumeReclaimPolicy: 'x' },
      'spec.persistentVolumeReclaimPolicy: Unsupported value: "x": supported values: "Delete", "Recycle", "Retain"',
    ],
  ];
  for (const [spec, ...errors] of cases) {
    const found = messages(spec);
    assert.deepEqual(errors[0]?.includes('csi.driver') ? found.filter((m) => !m.includes('RFC 1123')) : found, errors);
  }
});

test('the source stays; labels in the affinity may get their new names', () => {
  const update = (spec: PersistentVolumeSpec, old: PersistentVolumeSpec): string[] =>
    (strategy.validateUpdate?.(created(spec), created(old)) ?? []).map(fieldErrorMessage);
  assert.deepEqual(update({ ...base, nfs, claimRef: { name: 'c' } }, { ...base, nfs }), []);
  assert.deepEqual(update({ ...base, nfs: { ...nfs, path: '/q' } }, { ...base, nfs }), [
    'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n-spec.nfs.path: "/p"\n+spec.nfs.path: "/q"',
  ]);
  assert.deepEqual(update({ ...base, csi: { ...csi, controllerExpandSecretRef: { name: 'a', namespace: 'b' } } }, { ...base, csi }), []);
  assert.deepEqual(update({ ...base, nfs, volumeMode: 'Block' }, { ...base, nfs }), [
    'volumeMode: Invalid value: "Block": field is immutable',
  ]);
  const [beta, stable] = ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'].map(affinity);
  assert.deepEqual(update({ ...base, nfs, nodeAffinity: stable }, { ...base, nfs, nodeAffinity: beta }), []);
  assert.equal(update({ ...base, nfs, nodeAffinity: beta }, { ...base, nfs, nodeAffinity: stable }).length, 1);
});

test('a change of phase is stamped, unless the client has', () => {
  const old = created({ ...base, nfs });
  old.status = { phase: 'Pending', lastPhaseTransitionTime: '2026-01-01T00:00:00Z' };
  const written = (status: NonNullable<PersistentVolume['status']>) => {
    const volume = { ...old, status };
    subresources?.status?.prepare?.(volume, old);
    return volume.status.lastPhaseTransitionTime;
  };
  assert.equal(written({ phase: 'Pending' }), '2026-01-01T00:00:00Z');
  assert.equal(written({ phase: 'Bound', lastPhaseTransitionTime: '2026-02-02T00:00:00Z' }), '2026-02-02T00:00:00Z');
  assert.notEqual(written({ phase: 'Bound', lastPhaseTransitionTime: '2026-01-01T00:00:00Z' }), '2026-01-01T00:00:00Z');
});

test('the row, and what users are warned of', () => {
  const volume = created({
    ...base,
    nfs,
    storageClassName: 's',
    claimRef: { namespace: 'n', name: 'c' },
    persistentVolumeReclaimPolicy: 'Recycle',
  });
  assert.deepEqual(
    columns.map((column) => column.cell(volume, 0)),
    ['v', '1Gi', 'RWO', 'Recycle', 'Pending', 'n/c', 's', '<unset>', '', '<unknown>', 'Filesystem'],
  );
  assert.match(strategy.warnings?.(volume)[0] ?? '', /^spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated/);
  assert.deepEqual(strategy.warnings?.(created({ ...base, rbd: { image: 'i', monitors: [] } })), [
    'spec.rbd: deprecated in v1.28, non-functional in v1.31+',
  ]);
});
