import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FieldError, fieldErrorMessage, isDns1123Label, type ObjectMeta } from '@t8s/meta';
import { validateObjectMeta, validateObjectMetaUpdate } from './validate.ts';

const messages = (errors: readonly FieldError[]): string[] => errors.map(fieldErrorMessage);
const created = (meta: ObjectMeta, namespaced = true): string[] =>
  messages(validateObjectMeta({ name: 'a', namespace: 'b', ...meta }, { namespaced }));
const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: '1' };

test('metadata of a new object', () => {
  assert.deepEqual(
    created({ labels: { a: '1' }, annotations: { 'A/b': 'x' }, finalizers: ['example.com/f', 'orphan'], ownerReferences: [owner] }),
    [],
  );
  const cases: [meta: ObjectMeta, message: RegExp][] = [
    [{ name: '' }, /^metadata.name: Required value: name or generateName is required$/],
    [{ name: 'A' }, /^metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist/],
    [{ generateName: 'Ab-' }, /^metadata.generateName: Invalid value: "Ab-": a lowercase RFC 1123 subdomain/],
    [{ namespace: 'a.b' }, /^metadata.namespace: Invalid value: "a.b": a lowercase RFC 1123 label/],
    [{ labels: { a: '-' } }, /^metadata.labels: Invalid value: "-": a valid label must be/],
    [{ labels: { 'a b': '' } }, /^metadata.labels: Invalid value: "a b": name part must consist/],
    [{ annotations: { a: 'x'.repeat(262144) } }, /^metadata.annotations: Too long: may not be more than 262144 bytes$/],
    [
      { finalizers: ['x'] },
      /^metadata.finalizers\[0\]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified$/,
    ],
    [{ finalizers: ['orphan', 'foregroundDeletion'] }, /finalizer orphan and foregroundDeletion cannot be both set/],
    [{ ownerReferences: [{ ...owner, uid: '' }] }, /^metadata.ownerReferences.uid: Invalid value: "": must not be empty$/],
    [{ ownerReferences: [{ ...owner, kind: 'Event' }] }, /\/v1, Kind=Event is disallowed from being an owner$/],
    [
      {
        ownerReferences: [
          { ...owner, controller: true },
          { ...owner, name: 'q', controller: true },
        ],
      },
      /Only one reference can have Controller set to true. Found "true" in references for Pod\/p and Pod\/q$/,
    ],
    [
      { managedFields: [{ operation: 'Nope' }] },
      /^metadata.managedFields\[0\].operation: Invalid value: "Nope": must be `Apply` or `Update`$/,
    ],
  ];
  for (const [meta, message] of cases) {
    const found = created(meta);
    assert.equal(found.length, 1, `${message}: ${found.join()}`);
    assert.match(found[0] ?? '', message);
  }
  assert.deepEqual(created({}, false), ['metadata.namespace: Forbidden: not allowed on this type']);
  assert.deepEqual(created({ generateName: 'job-' }), []);
  assert.match(
    messages(validateObjectMeta({ name: 'a.b' }, { namespaced: false, validateName: isDns1123Label }))[0] ?? '',
    /RFC 1123 label/,
  );
});

test('metadata of an update', () => {
  const old: ObjectMeta = {
    name: 'a',
    namespace: 'b',
    uid: '1',
    resourceVersion: '5',
    generation: 2,
    creationTimestamp: '2026-01-01T00:00:00Z',
    finalizers: ['x/y'],
  };
  const updated = (change: ObjectMeta, before: ObjectMeta = old): string[] =>
    messages(validateObjectMetaUpdate({ ...before, ...change }, before));
  assert.deepEqual(updated({ labels: { a: '1' }, finalizers: [] }), []);
  assert.deepEqual(updated({ name: 'z' }), ['metadata.name: Invalid value: "z": field is immutable']);
  assert.deepEqual(updated({ uid: '2' }), ['metadata.uid: Invalid value: "2": field is immutable']);
  assert.deepEqual(updated({ resourceVersion: '' }), ['metadata.resourceVersion: Invalid value: "": must be specified for an update']);
  assert.deepEqual(updated({ generation: 1 }), ['metadata.generation: Invalid value: 1: must not be decremented']);
  assert.deepEqual(updated({ finalizers: ['x/y', 'z/z'] }, { ...old, deletionTimestamp: '2026-01-02T00:00:00Z' }), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"z/z"}',
  ]);
});
