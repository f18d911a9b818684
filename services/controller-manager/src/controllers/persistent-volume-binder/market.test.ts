import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim } from '@t8s/api';
import { Market } from './market.ts';

const volume = (name: string, storage: string, spec: Partial<PersistentVolume['spec']> = {}, labels = {}): PersistentVolume => ({
  metadata: { name, labels },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], ...spec },
  status: { phase: 'Available' },
});
const claim = (storage: string, spec: Partial<PersistentVolumeClaim['spec']> = {}, annotations = {}): PersistentVolumeClaim => ({
  metadata: { namespace: 'd', name: `${storage}-claim`, annotations },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
});
const both = ['ReadWriteMany', 'ReadWriteOnce'];

test('a claim gets the smallest volume that will do, first of those with no more access modes than it wants', () => {
  const market = new Market();
  for (const one of [
    volume('large', '9Gi'),
    volume('fits', '2Gi', {}, { tier: 'slow' }),
    volume('shared', '1Gi', { accessModes: both }),
    volume('fast', '1Gi', { storageClassName: 'fast' }),
    volume('raw', '1Gi', { volumeMode: 'Block' }),
    volume('gold', '1Gi', { volumeAttributesClassName: 'gold' }),
    volume('taken', '2Gi', { claimRef: { namespace: 'd', name: 'other' } }),
  ])
    market.showVolume(one);
  const cases: [PersistentVolumeClaim, string | undefined][] = [
    [claim('1Gi'), 'fits'],
    [claim('3Gi'), 'large'],
    [claim('10Gi'), undefined],
    [claim('1Gi', { accessModes: ['ReadWriteMany'] }), 'shared'],
    [claim('1Gi', { storageClassName: 'fast' }), 'fast'],
    [claim('1Gi', { volumeMode: 'Block' }), 'raw'],
    [claim('1Gi', { volumeAttributesClassName: 'gold' }), 'gold'],
    [claim('1Gi', { selector: { matchLabels: { tier: 'slow' } } }), 'fits'],
    [claim('1Gi', { selector: { matchLabels: { tier: 'none' } } }), undefined],
  ];
  for (const [wants, name] of cases) assert.equal(market.volumeFor(wants)?.metadata.name, name, JSON.stringify(wants.spec));
});

test('a volume gets the largest claim that it will do for; where it waits for pods, of those with a node', () => {
  const market = new Market();
  const selected = { 'volume.kubernetes.io/selected-node': 'n' };
  for (const one of [claim('1Gi', {}, selected), claim('2Gi'), claim('3Gi', { accessModes: ['ReadWriteMany'] }), claim('9Gi')])
    market.showClaim(one);
  const found = (storage: string, waits = false, accessModes?: string[]): string | undefined =>
    market.claimFor(volume('v', storage, accessModes && { accessModes }), { waits })?.metadata.name;
  assert.equal(found('5Gi', true), '1Gi-claim');
  market.takeClaim(claim('1Gi'));
  assert.equal(found('5Gi', true), undefined);
  assert.equal(found('5Gi'), '2Gi-claim');
  assert.equal(found('5Gi', false, ['ReadWriteMany']), '3Gi-claim');
  assert.equal(found('1Gi'), undefined);
});

test('a thousand claims and a thousand volumes: each looks at one', () => {
  const market = new Market();
  let looks = 0;
  const counted = <T extends PersistentVolume | PersistentVolumeClaim>(object: T): T => {
    const { spec } = object;
    return Object.defineProperty(object, 'spec', { get: () => ++looks && spec });
  };
  const claims = Array.from({ length: 1000 }, (_, i) => ({ ...claim(`${(i % 10) + 1}Gi`), metadata: { namespace: 'd', name: `c${i}` } }));
  for (let i = 0; i < 1000; i++) market.showVolume(counted(volume(`v${i}`, `${((i * 7) % 10) + 1}Gi`)));
  for (const one of claims) market.showClaim(counted(one));
  looks = 0;
  for (const one of claims) {
    const found = market.volumeFor(one);
    assert.ok(found);
    market.takeVolume(found);
  }
  assert.ok(looks <= 10_000, `claims: ${looks} looks`);
  looks = 0;
  for (let i = 0; i < 1000; i++) {
    const found = market.claimFor(counted(volume(`v${i}`, '10Gi')), { waits: false });
    assert.ok(found);
    market.takeClaim(found);
  }
  assert.ok(looks <= 10_000, `volumes: ${looks} looks`);
});
