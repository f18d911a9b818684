import assert from 'node:assert/strict';
import { test } from 'node:test';
import { persistentVolumeClaimKind, persistentVolumeKind, podKind } from '@t8s/api';
import { podWrite } from '../test-objects.ts';
import { storageObjectInUseProtection } from './plugin.ts';

test('claims and volumes begin with their finalizer, once', () => {
  const cases = [
    { kind: persistentVolumeClaimKind, given: undefined, want: ['kubernetes.io/pvc-protection'] },
    { kind: persistentVolumeKind, given: ['x/y'], want: ['x/y', 'kubernetes.io/pv-protection'] },
    { kind: persistentVolumeKind, given: ['kubernetes.io/pv-protection'], want: ['kubernetes.io/pv-protection'] },
    { kind: podKind, given: undefined, want: undefined },
  ];
  for (const { kind, given, want } of cases) {
    const object = { metadata: { name: 'x', ...(given && { finalizers: given }) } };
    const write = podWrite({}, { resource: { kind, storage: kind.resource }, object });
    storageObjectInUseProtection.mutate?.(write);
    assert.deepEqual(write.object.metadata.finalizers, want);
  }
  const later = podWrite({}, { resource: { kind: persistentVolumeKind, storage: 'persistentvolumes' }, old: { metadata: {} } });
  storageObjectInUseProtection.mutate?.(later);
  assert.equal(later.object.metadata.finalizers, undefined);
});
