import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '@t8s/api';
import { statusOf } from './status.ts';

const names = (word: string, more: Partial<CustomResourceDefinitionNames> = {}): CustomResourceDefinitionNames => ({
  plural: `${word}s`,
  singular: word,
  kind: word.toUpperCase(),
  listKind: `${word.toUpperCase()}List`,
  ...more,
});
const definition = (wanted: CustomResourceDefinitionNames, acceptedNames?: CustomResourceDefinitionNames): CustomResourceDefinition => ({
  metadata: { name: `${wanted.plural}.example.com` },
  spec: { group: 'example.com', names: wanted, scope: 'Cluster', versions: [] },
  ...(acceptedNames && { status: { acceptedNames } }),
});
const at = Date.parse('2026-01-01T00:00:00Z');
const said = (crd: CustomResourceDefinition, ...others: CustomResourceDefinition[]): string[] =>
  (statusOf(crd, [crd, ...others], at).conditions ?? []).map(
    ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
  );

test('free names are accepted, and the definition is established with them', () => {
  const crd = definition(names('book', { shortNames: ['bk'], categories: ['all'] }));
  const status = statusOf(crd, [crd, definition(names('pen'), names('pen'))], at);
  assert.deepEqual(status.acceptedNames, crd.spec.names);
  assert.deepEqual(said(crd), [
    'NamesAccepted=True NoConflicts: no conflicts found',
    'Established=True InitialNamesAccepted: the initial names have been accepted',
  ]);
  assert.deepEqual(statusOf({ ...crd, status }, [{ ...crd, status }], at + 5000), status, 'what is said stays, with its time');
});

test('names that another was given first are refused, each by its reason; the others are kept', () => {
  const first = definition(names('book', { shortNames: ['bk', 'b'] }), names('book', { shortNames: ['bk', 'b'] }));
  const late = definition(names('tome', { singular: 'book', shortNames: ['b', 'bk', 't'] }));
  assert.deepEqual(said(late, first), [
    'NamesAccepted=False ShortNamesConflict: ["b" is already in use, "bk" is already in use]',
    'Established=False NotAccepted: not all names are accepted',
  ]);
  assert.deepEqual(statusOf(late, [first, late], at).acceptedNames, { plural: 'tomes', kind: 'TOME', listKind: 'TOMEList' });
  assert.match(said(definition(names('tome', { kind: 'BOOKList' })), first)[0] ?? '', /KindConflict: "BOOKList" is already in use$/);
  const renamed = { ...definition(names('pen', { singular: 'book' }), names('pen')) };
  renamed.status = { ...renamed.status, conditions: [{ type: 'Established', status: 'True' }] };
  assert.match(said(renamed, first).join(), /^Established=True .*NamesAccepted=False SingularConflict/, 'who is established stays so');
});

test('groups of the community tell of their approval', () => {
  const crd = definition(names('gateway'));
  crd.spec.group = 'gateway.networking.k8s.io';
  const approval = (annotation: string): string | undefined => {
    crd.metadata.annotations = { 'api-approved.kubernetes.io': annotation };
    return said(crd)[2];
  };
  assert.match(approval('https://example.com/1') ?? '', /=True ApprovedAnnotation: approved in https:\/\/example\.com\/1$/);
  assert.match(approval('unapproved, experimental') ?? '', /=False UnapprovedAPI: not approved: "unapproved, experimental"$/);
  assert.match(approval('yes') ?? '', /=False InvalidAnnotation/);
});
