import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@t8s/meta';
import { encodeObject, withRevision } from './object-bytes.ts';

test('an object reads as it was written, at its revision, and its managed fields are written once for all that share them', () => {
  const fieldsV1 = { 'f:data': { '.': {}, 'k:{"name":"a"}': {} } };
  const managedFields = [
    { manager: 'a', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 },
    { operation: 'Update', subresource: 'status', fieldsV1 },
    { manager: 'none' },
  ] as NonNullable<KubeObject['metadata']['managedFields']>;
  const kind = { kind: 'ConfigMap', apiVersion: 'v1' };
  const objects: object[] = [
    { ...kind, metadata: { name: 'a', managedFields, labels: { 'a"é': '}' } }, data: { a: '1' } },
    { ...kind, metadata: { managedFields } },
    { metadata: { name: 'a', managedFields: [] }, data: {} },
    { ...kind, metadata: {} },
    { metadata: {}, data: { a: '1' } },
  ];
  for (const object of objects) {
    const { metadata, ...rest } = object as KubeObject;
    const stored = encodeObject({ ...rest, metadata: { ...metadata, resourceVersion: '3' } });
    assert.deepEqual(JSON.parse(stored.toString()), object);
    assert.deepEqual(JSON.parse(withRevision(stored, 7).toString()), { ...rest, metadata: { ...metadata, resourceVersion: '7' } });
    assert.ok(withRevision(stored, 7).includes('"metadata":{"resourceVersion":"7"'), 'spliced in, not written anew');
  }
});
