import assert from 'node:assert/strict';
import { test } from 'node:test';
import { persistentVolumeClaimKind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { podWrite, storeOf } from '../test-objects.ts';
import { persistentVolumeClaimResize } from './plugin.ts';

const claim = (storage: string, storageClassName: string, phase = 'Bound'): KubeObject =>
  ({
    metadata: { name: 'c', namespace: 'd' },
    spec: { storageClassName, resources: { requests: { storage } } },
    status: { phase },
  }) as KubeObject;
const storageClass = (name: string, allowVolumeExpansion: boolean): KubeObject =>
  ({ metadata: { name }, allowVolumeExpansion }) as KubeObject;

function refusal(object: KubeObject, old: KubeObject): string | undefined {
  const write = podWrite({}, { object, old, resource: { kind: persistentVolumeClaimKind, storage: 'persistentvolumeclaims' } });
  try {
    persistentVolumeClaimResize(storeOf({ storageclasses: [storageClass('grows', true), storageClass('stays', false)] })).validate?.(write);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('a bound claim of a class that grows may grow', () => {
  assert.equal(refusal(claim('2Gi', 'grows'), claim('1Gi', 'grows')), undefined);
  assert.equal(refusal(claim('1Gi', 'stays'), claim('1024Mi', 'stays')), undefined);
  assert.match(
    refusal(claim('2Gi', 'stays'), claim('1Gi', 'stays')) ?? '',
    /^persistentvolumeclaims "c" is forbidden: only dynamically provisioned pvc can be resized/,
  );
  assert.match(
    refusal(claim('2Gi', 'grows'), claim('1Gi', 'grows', 'Pending')) ?? '',
    /only bound persistent volume claims can be expanded$/,
  );
});
