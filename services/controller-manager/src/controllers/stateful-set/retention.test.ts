import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '@t8s/api';
import type { OwnerReference } from '@t8s/meta';
import { claimOwners, isStaleClaim, newClaims } from './retention.ts';

const setOf = (whenDeleted: string, whenScaled: string): StatefulSet & { kind: string; apiVersion: string } => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web', namespace: 'd', uid: 'set' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {},
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
    volumeClaimTemplates: [{ metadata: { name: 'www', labels: { tier: 'disk' }, annotations: { a: 'b' } }, spec: {} }],
  },
});
const pod: Pod = { metadata: { name: 'web-1', uid: 'pod' }, spec: { containers: [] } };
const reference = (kind: string, name: string, uid: string, controller = true): OwnerReference => ({
  apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
  kind,
  name,
  uid,
  controller,
});
const set = reference('StatefulSet', 'web', 'set');
const own = reference('Pod', 'web-1', 'pod');
const other = reference('Other', 'x', 'x');
const claimOf = (ownerReferences: OwnerReference[]): PersistentVolumeClaim => ({
  metadata: { name: 'www-web-1', ownerReferences },
  spec: {},
});

/** The names of the owners that the claim should get; `right` where nothing is to be done. */
function owners(policy: [string, string], ordinal: number, ...references: OwnerReference[]): string {
  const wanted = claimOwners(setOf(...policy), pod, ordinal, claimOf(references));
  return `${wanted.references?.map(({ uid }) => uid).join(' ') ?? 'right'}${wanted.isForeign ? ' foreign' : ''}`;
}

test('the policy says who takes the claim along', () => {
  const [keep, drop] = ['Retain', 'Delete'];
  const scaledAway = 1;
  const wanted = 0;
  const cases: [policy: [whenDeleted: string, whenScaled: string], ordinal: number, references: OwnerReference[], expected: string][] = [
    [[keep, keep], wanted, [], 'right'],
    [[keep, keep], wanted, [set, other], 'x'],
    [[drop, keep], wanted, [], 'set'],
    [[drop, keep], scaledAway, [set], 'right'],
    [[drop, keep], scaledAway, [{ ...set, controller: false }], 'set'],
    [[keep, drop], wanted, [], 'right'],
    [[keep, drop], scaledAway, [], 'pod'],
    [[keep, drop], wanted, [own], ''],
    [[drop, drop], wanted, [], 'set'],
    [[drop, drop], scaledAway, [set], 'pod'],
    [[drop, drop], scaledAway, [own], 'right'],
    [[drop, drop], wanted, [set, other], 'x foreign'],
    [[drop, drop], wanted, [other], 'right foreign'],
    [[drop, drop], wanted, [{ ...other, controller: false }], 'x set'],
    [[drop, drop], wanted, [{ ...set, uid: 'earlier' }], 'right'],
  ];
  for (const [policy, ordinal, references, expected] of cases)
    assert.equal(owners(policy, ordinal, ...references), expected, JSON.stringify([policy, ordinal, references]));
});

test('a claim of a pod that was scaled away is not for its successor', () => {
  assert.equal(isStaleClaim(setOf('Retain', 'Delete'), 1, claimOf([own])), true);
  assert.equal(isStaleClaim(setOf('Retain', 'Retain'), 1, claimOf([own])), false);
  assert.equal(isStaleClaim(setOf('Delete', 'Delete'), 1, claimOf([set])), false);
});

test('new claims have the labels of the selector beside their own, and the set as owner where they go with it', () => {
  const [claim] = newClaims(setOf('Delete', 'Delete'), 0);
  const { name, namespace, labels, annotations, ownerReferences } = claim?.metadata ?? {};
  assert.deepEqual([name, namespace, labels, annotations], ['www-web-0', 'd', { tier: 'disk', app: 'web' }, { a: 'b' }]);
  assert.deepEqual(
    ownerReferences?.map(({ uid }) => uid),
    ['set'],
  );
  assert.equal(newClaims(setOf('Retain', 'Delete'), 0)[0]?.metadata.ownerReferences, undefined);
});
