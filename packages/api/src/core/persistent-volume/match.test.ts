import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeSpec } from '../../generated/types.ts';
import { bestVolume, mismatch } from './match.ts';

const volume = (name: string, storage: string, spec: Partial<PersistentVolumeSpec> = {}, phase = 'Available'): PersistentVolume => ({
  metadata: { name, labels: { disk: name } },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' }, ...spec },
  status: { phase },
});
const claim = (storage: string, spec: Partial<PersistentVolumeClaim['spec']> = {}): PersistentVolumeClaim => ({
  metadata: { namespace: 'default', name: 'c', uid: 'u' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
});
const node = (name: string) => ({ metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec: {} });
const bound = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'c' };

test('the smallest free volume that will do', () => {
  const volumes = [volume('big', '10Gi'), volume('small', '2Gi'), volume('tiny', '1Gi'), volume('used', '2Gi', {}, 'Bound')];
  const best = (of: PersistentVolumeClaim, search = {}): string | undefined =>
    bestVolume(of, volumes, { node: node('a'), ...search })?.metadata.name;
  assert.equal(best(claim('1500Mi')), 'small');
  assert.equal(best(claim('1500Mi'), { isTaken: (name: string) => name === 'small' }), 'big');
  assert.equal(best(claim('11Gi')), undefined);
  assert.equal(best(claim('1Gi', { selector: { matchLabels: { disk: 'big' } } })), 'big');
  assert.equal(best(claim('1Gi', { accessModes: ['ReadWriteMany'] })), undefined);
  assert.equal(best(claim('1Gi', { storageClassName: 'fast' })), undefined);
  assert.equal(best(claim('1Gi', { volumeMode: 'Block' })), undefined);
  assert.equal(best(claim('1Gi', { volumeAttributesClassName: 'gold' })), undefined);
});

test('a volume made for the claim comes first, one made for another never', () => {
  const mine = volume('mine', '10Gi', { claimRef: bound });
  assert.equal(bestVolume(claim('1Gi'), [volume('free', '1Gi'), mine], { node: node('a') }), mine);
  const other = volume('other', '1Gi', { claimRef: { ...bound, uid: 'another' } });
  assert.equal(bestVolume(claim('1Gi'), [other], { node: node('a') }), undefined);
});

test('where it will be used counts', () => {
  const nodeSelectorTerms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['a'] }] }];
  const local = volume('local', '1Gi', { nodeAffinity: { required: { nodeSelectorTerms } } });
  assert.equal(bestVolume(claim('1Gi'), [local], { node: node('a') }), local);
  assert.equal(bestVolume(claim('1Gi'), [local], { node: node('b') }), undefined);
  const mine = { ...local, spec: { ...local.spec, claimRef: bound } };
  assert.equal(bestVolume(claim('1Gi'), [mine, volume('free', '1Gi')], { node: node('b') }), undefined, 'no other, where it has one');
});

test('why a volume that was asked for can not be had', () => {
  assert.equal(mismatch(volume('v', '1Gi'), claim('2Gi')), 'requested PV is too small');
  assert.equal(mismatch(volume('v', '1Gi', { storageClassName: 'a' }), claim('1Gi')), 'storageClassName does not match');
  assert.equal(mismatch(volume('v', '1Gi', { volumeMode: 'Block' }), claim('1Gi')), 'incompatible volumeMode');
  assert.equal(mismatch(volume('v', '1Gi'), claim('1Gi', { accessModes: ['ReadWriteMany'] })), 'incompatible accessMode');
  assert.equal(
    mismatch(volume('v', '1Gi'), claim('1Gi', { volumeAttributesClassName: 'gold' })),
    'volumeAttributesClassName does not match',
  );
  const going = volume('v', '1Gi');
  going.metadata.deletionTimestamp = '2025-01-01T00:00:00Z';
  assert.equal(mismatch(going, claim('1Gi')), 'the volume is marked for deletion "v"');
  assert.equal(mismatch(volume('v', '1Gi'), claim('1Gi')), undefined);
});
