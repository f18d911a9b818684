import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podKind } from '@t8s/api';
import { StatusError } from '@t8s/meta';
import { readPatch } from './read-patch.ts';

type Json = Record<string, unknown>;

const managedFields = Object.freeze([{ manager: 'a', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }]);
const current: Json = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', managedFields }, spec: { containers: [{ name: 'a' }] } };

function patched(type: string, patch: unknown): Json {
  const bytes = Buffer.from(JSON.stringify(patch));
  const contentType = `application/${type}+json`;
  const apply = readPatch({ contentType, bytes, target: podKind, fieldValidation: 'Strict', serves: () => true });
  return apply(current).object['metadata'] as Json;
}

test('managed fields are shared with the version before where a patch leaves them alone, else they are what it makes of them', () => {
  const annotate = { metadata: { annotations: { a: 'b' } } };
  for (const metadata of [
    patched('merge-patch', annotate),
    patched('strategic-merge-patch', annotate),
    patched('json-patch', [{ op: 'add', path: '/metadata/annotations', value: { a: 'b' } }]),
  ])
    assert.ok(metadata['managedFields'] === managedFields && (metadata['annotations'] as Json)['a'] === 'b');
  const reset = { metadata: { managedFields: [{}] } };
  for (const metadata of [
    patched('merge-patch', reset),
    patched('json-patch', [
      { op: 'test', path: '/metadata/managedFields/0/manager', value: 'a' },
      { op: 'replace', path: '/metadata/managedFields/0', value: {} },
    ]),
    patched('json-patch', [
      { op: 'copy', from: '/metadata', path: '/metadata/x' },
      { op: 'remove', path: '/metadata/x' },
      { op: 'add', path: '', value: { ...current, metadata: { name: 'web', ...reset.metadata } } },
    ]),
  ])
    assert.deepEqual(metadata['managedFields'], [{}]);
});

test('a refusal quotes the whole object', () => {
  assert.throws(
    () => patched('merge-patch', { spec: { containers: 1 } }),
    (error) => error instanceof StatusError && /managedFields.*containers\\":1/.test(error.message),
  );
});
