import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../generated/types.ts';
import { persistentVolumeClaimKind } from './kind.ts';

const { strategy, subresources, columns = [] } = persistentVolumeClaimKind;
const base: PersistentVolumeClaimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } };
const sized = (storage: string): PersistentVolumeClaimSpec => ({ ...base, resources: { requests: { storage } } });

function created(spec: PersistentVolumeClaimSpec): PersistentVolumeClaim {
  const claim: PersistentVolumeClaim = { metadata: { name: 'c' }, spec: structuredClone(spec), status: { phase: 'Bound' } };
  strategy.defaults?.(claim);
  strategy.prepareForCreate?.(claim);
  return claim;
}
const messages = (spec: PersistentVolumeClaimSpec): string[] => (strategy.validate?.(created(spec)) ?? []).map(fieldErrorMessage);

test('defaults; the two sources of data say the same, and other namespaces are out of reach', () => {
  assert.deepEqual([created(base).spec.volumeMode, created(base).status], ['Filesystem', { phase: 'Pending' }]);
  const snapshot = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' };
  assert.deepEqual(created({ ...base, dataSource: snapshot }).spec.dataSourceRef, snapshot);
  const populator = { apiGroup: 'x.io', kind: 'Populator', name: 'p' };
  assert.deepEqual(created({ ...base, dataSourceRef: populator }).spec.dataSource, populator);
  assert.equal(created({ ...base, dataSource: populator }).spec.dataSource, undefined);
  assert.equal(created({ ...base, dataSourceRef: { ...snapshot, namespace: 'n' } }).spec.dataSourceRef, undefined);
});

test('each rule by an example', () => {
  const cases: [spec: PersistentVolumeClaimSpec, ...errors: string[]][] = [
    [base],
    [{}, 'spec.accessModes: Required value: at least 1 access mode is required', 'spec.resources[storage]: Required value'],
    [sized('0'), 'spec.resources[storage]: Invalid value: "0": must be greater than zero'],
    [
      { ...base, dataSourceRef: { kind: 'Pod', name: '' } },
      'spec.dataSource.name: Required value',
      `spec.dataSource: Invalid value: "Pod": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
      'spec.dataSourceRef.name: Required value',
      `spec.dataSourceRef: Invalid value: "Pod": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
    ],
  ];
  for (const [spec, ...errors] of cases) assert.deepEqual(messages(spec), errors);
  assert.match(
    messages({ ...base, storageClassName: 'A', volumeAttributesClassName: 'B' }).join(),
    /storageClassName.*volumeAttributesClassName/,
  );
});

test('a claim stays as it is, but a bound one may grow, and go back on what has not come', () => {
  const old = created(base);
  old.status = { phase: 'Bound', capacity: { storage: '1Gi' } };
  const update = (spec: PersistentVolumeClaimSpec, before = old): string[] => {
    const claim = created(spec);
    strategy.prepareForUpdate?.(claim, before);
    return (strategy.validateUpdate?.(claim, before) ?? []).map(fieldErrorMessage);
  };
  assert.deepEqual(update({ ...base, volumeName: 'v' }), []);
  assert.deepEqual(update({ ...base, storageClassName: 's' }), [], 'a class may come where there was none');
  assert.deepEqual(update(sized('3Gi')), []);
  assert.deepEqual(update(sized('1536Mi')), []);
  assert.deepEqual(update(sized('1Gi')), ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity']);
  const immutable =
    'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n';
  assert.deepEqual(update(sized('3Gi'), created(base)), [
    `${immutable}-spec.resources.requests.storage: "2Gi"\n+spec.resources.requests.storage: "3Gi"`,
  ]);
  assert.deepEqual(update({ ...base, volumeMode: 'Block' }), [
    `${immutable}-spec.volumeMode: "Filesystem"\n+spec.volumeMode: "Block"`,
    'volumeMode: Invalid value: "Block": field is immutable',
  ]);
  assert.deepEqual(update({ ...base, volumeAttributesClassName: 'gold' }), []);
  assert.deepEqual(update(base, created({ ...base, volumeAttributesClassName: 'gold' })), [
    'spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden',
  ]);
});

test('the status', () => {
  const claim = created(base);
  claim.status = { capacity: { storage: '-1' }, allocatedResourceStatuses: { storage: 'x' }, allocatedResources: { cpu: '1' } };
  assert.deepEqual((subresources?.status?.validate?.(claim, claim) ?? []).map(fieldErrorMessage), [
    'status.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
    'status.allocatedResourceStatus: Unsupported value: "storage": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"',
    'status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
  ]);
});

test('the row', () => {
  const row = (claim: PersistentVolumeClaim): unknown[] => columns.map((column) => column.cell(claim, 0));
  assert.deepEqual(row(created(base)), ['c', 'Pending', '', '', '', '', '<unset>', '<unknown>', 'Filesystem']);
  const bound = created({ ...base, volumeName: 'v', storageClassName: 's' });
  bound.status = { phase: 'Bound', capacity: { storage: '2Gi' }, accessModes: ['ReadOnlyMany', 'ReadWriteOnce'] };
  assert.deepEqual(row(bound).slice(1, 6), ['Bound', 'v', '2Gi', 'RWO,ROX', 's']);
});
