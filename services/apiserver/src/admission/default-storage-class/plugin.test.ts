import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PersistentVolumeClaim, persistentVolumeClaimKind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { podWrite, storeOf } from '../test-objects.ts';
import { defaultStorageClassPlugin } from './plugin.ts';

const storageClass = (name: string, creationTimestamp: string, value = 'true'): KubeObject => ({
  metadata: { name, creationTimestamp, annotations: { 'storageclass.kubernetes.io/is-default-class': value } },
});

function classOf(spec: object, classes: KubeObject[]): string | undefined {
  const object = { metadata: { name: 'c', namespace: 'd' }, spec } as KubeObject;
  const write = podWrite({}, { object, resource: { kind: persistentVolumeClaimKind, storage: 'persistentvolumeclaims' } });
  defaultStorageClassPlugin(storeOf({ storageclasses: classes })).mutate?.(write);
  return (write.object as PersistentVolumeClaim).spec.storageClassName;
}

test('a claim without a class gets the newest default one', () => {
  const classes = [
    storageClass('a', '2024-01-01T00:00:00Z'),
    storageClass('b', '2025-01-01T00:00:00Z'),
    storageClass('c', '2026-01-01T00:00:00Z', 'false'),
  ];
  assert.equal(classOf({}, classes), 'b');
  assert.equal(classOf({ storageClassName: '' }, classes), '');
  assert.equal(classOf({ storageClassName: 'a' }, classes), 'a');
  assert.equal(classOf({}, []), undefined);
});
