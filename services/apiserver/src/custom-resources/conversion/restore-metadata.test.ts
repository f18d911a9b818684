import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@t8s/meta';
import { restoreMetadata } from './restore-metadata.ts';

const original: KubeObject = { metadata: { name: 'n', uid: 'u', labels: { a: '1' }, finalizers: ['x/y'] } };
const restored = (metadata: unknown): [problem: string | undefined, metadata: unknown] => {
  const converted = { ...(metadata !== undefined && { metadata }) } as KubeObject;
  return [restoreMetadata(original, converted), converted.metadata];
};

test('labels and annotations may change, the rest of the metadata comes back', () => {
  const { labels: _, ...rest } = original.metadata;
  assert.deepEqual(restored({ name: 'other', labels: { b: '2' }, annotations: { c: '3' } }), [
    undefined,
    { ...rest, labels: { b: '2' }, annotations: { c: '3' } },
  ]);
  assert.deepEqual(restored({}), [undefined, rest]);
});

test('what is wrong with them is told in Go’s words', () => {
  assert.equal(restored(undefined)[0], 'missing metadata in converted object');
  assert.equal(restored([])[0], 'invalid metadata of type []interface {} in converted object');
  assert.equal(restored({ labels: 'x' })[0], 'invalid metadata.labels of type string in converted object');
  assert.equal(restored({ annotations: { a: 1 } })[0], 'metadata.annotations[a] must be a string, but is int64 in converted object');
  assert.match(restored({ labels: { 'a b': '1' } })[0] ?? '', /^metadata\.labels: Invalid value: "a b": name part must consist of/);
});
