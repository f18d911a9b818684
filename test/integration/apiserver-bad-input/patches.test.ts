/** Patches in the codes, reasons and words of upstream’s v1.34. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployments, jsonPatch, maps, merge, patch, refusal, serverForFile, strategic } from './server.ts';

const { ask, refused, nothingIsLeft } = serverForFile();

test('patches that can not be read or do not fit', async () => {
  const invalid = (why: string): RegExp =>
    new RegExp(`^ "" is invalid: patch: Invalid value: "\\{.*\\}": ${why.replaceAll(/[.*()[\]]/g, '\\$&')}$`);
  const map = (value: string, why: string): string => ` "" is invalid: patch: Invalid value: "map[${value}]": ${why}`;
  const rejected = 'the server rejected our request due to an error in our request';
  await refused([
    refusal(415, '415: Unsupported Media Type', patch(`${maps}/m`, '{}', { 'content-type': 'application/json' })),
    refusal(415, '415: Unsupported Media Type', patch(`${deployments}/d/scale`, '{}', { 'content-type': 'text/plain' })),
    refusal(404, 'configmaps "none" not found', patch(`${maps}/none`, '{', merge)),
    refusal(400, 'error decoding patch: unexpected end of JSON input', patch(`${maps}/m`, '{', merge)),
    refusal(
      400,
      'error decoding patch: exceeded max depth',
      patch(`${maps}/m`, `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, merge),
    ),
    refusal(
      400,
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
      patch(`${maps}/m`, '[]', merge),
    ),
    refusal(400, 'Invalid JSON Patch', patch(`${maps}/m`, 'null', merge)),
    refusal(
      400,
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
      patch(`${maps}/m`, '{}', jsonPatch),
    ),
    refusal(
      400,
      'error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp',
      patch(`${maps}/m`, ['a'], jsonPatch),
    ),
    refusal(
      400,
      'error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string',
      patch(`${maps}/m`, [{ op: 5 }], jsonPatch),
    ),
    refusal(422, rejected, patch(`${maps}/m`, [{ op: 'remove', path: '/data/none' }], jsonPatch)),
    refusal(422, rejected, patch(`${maps}/m`, [{ op: 'dance', path: '/data' }], jsonPatch)),
    refusal(422, rejected, patch(`${maps}/m`, [{ op: 'test', path: '/data/a', value: 'no' }], jsonPatch)),
    refusal(422, rejected, patch(`${maps}/m`, [{ op: 'replace', path: '', value: 5 }], jsonPatch)),
    refusal(422, rejected, patch(`${maps}/m`, [{ op: 'remove', path: '' }], jsonPatch)),
    refusal(422, rejected, patch(`${maps}/m`, [{ op: 'move', from: '/data', path: '/data/a' }], jsonPatch)),
    refusal(422, rejected, patch(`${maps}/m`, [{ op: 'move', from: '', path: '/data' }], jsonPatch)),
    refusal(422, rejected, patch(`${maps}/m`, [{ op: 'add', path: '/__proto__/x', value: 5 }], jsonPatch)),
    refusal(422, rejected, patch(`${maps}/m`, copies(), jsonPatch)),
    refusal(
      413,
      'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
      patch(`${maps}/m`, Array(10_001).fill({ op: 'test', path: '/data/a', value: '1' }), jsonPatch),
    ),
    refusal(
      422,
      invalid('json: cannot unmarshal number into Go struct field ConfigMap.data of type string'),
      patch(`${maps}/m`, { data: { a: 1 } }, merge),
    ),
    refusal(422, invalid('converting (v1.Pod) to (core.ConfigMap): unknown conversion'), patch(`${maps}/m`, { kind: 'Pod' }, merge)),
    refusal(
      422,
      invalid('no kind "ConfigMap" is registered for version "v2" in scheme "pkg/api/legacyscheme/scheme.go:30"'),
      patch(`${maps}/m`, { apiVersion: 'v2' }, merge),
    ),
    refusal(
      422,
      invalid('strict decoding error: duplicate field "data.a", unknown field "foo"'),
      patch(`${maps}/m?fieldValidation=Strict`, '{"data":{"a":"1","a":"2"},"foo":1}', merge),
    ),
    refusal(
      422,
      invalid('strict decoding error: json patch unknown field "[0].foo"'),
      patch(`${maps}/m?fieldValidation=Strict`, [{ op: 'test', path: '/data/a', value: '1', foo: 1 }], jsonPatch),
    ),
    refusal(
      400,
      'the name of the object (x) does not match the name on the URL (m)',
      patch(`${maps}/m`, { metadata: { name: 'x' } }, merge),
    ),
    refusal(
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
      patch(`${maps}/m`, { metadata: { namespace: 'x' } }, merge),
    ),
    refusal(
      409,
      /^Operation cannot be fulfilled on configmaps "m": the object has been modified/,
      patch(`${maps}/m`, { metadata: { resourceVersion: '1' } }, merge),
    ),
    refusal(
      422,
      'ConfigMap "m" is invalid: metadata.uid: Invalid value: "1": field is immutable',
      patch(`${maps}/m`, { metadata: { uid: '1' } }, merge),
    ),
    refusal(
      422,
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
      patch(`${maps}/m?force=true`, {}, merge),
    ),
    refusal(400, 'unexpected end of JSON input', patch(`${deployments}/d`, '{', strategic)),
    refusal(
      422,
      map('spec:map[replicas:x]', 'unrecognized type: int32'),
      patch(`${deployments}/d`, { spec: { replicas: 'x' } }, strategic),
    ),
    refusal(
      422,
      map('spec:map[replicas:1.5]', 'cannot convert float64 to int32'),
      patch(`${deployments}/d`, { spec: { replicas: 1.5 } }, strategic),
    ),
    refusal(
      422,
      map('spec:map[template:x]', 'cannot restore struct from: string'),
      patch(`${deployments}/d`, { spec: { template: 'x' } }, strategic),
    ),
    refusal(
      422,
      map('spec:map[selector:map[matchLabels:[a]]]', 'cannot restore map from slice'),
      patch(`${deployments}/d`, { spec: { selector: { matchLabels: ['a'] } } }, strategic),
    ),
    refusal(422, map('spec:map[paused:1]', 'unrecognized type: bool'), patch(`${deployments}/d`, { spec: { paused: 1 } }, strategic)),
    refusal(
      422,
      map('spec:map[foo:1]', 'strict decoding error: unknown field "spec.foo"'),
      patch(`${deployments}/d?fieldValidation=Strict`, { spec: { foo: 1 } }, strategic),
    ),
    refusal(
      500,
      'map: map[image:x] does not contain declared merge key: name',
      patch(`${deployments}/d`, { spec: { template: { spec: { containers: [{ image: 'x' }] } } } }, strategic),
    ),
    refusal(500, 'unknown patch type: dance', patch(`${deployments}/d`, { spec: { $patch: 'dance' } }, strategic)),
    refusal(
      422,
      map('spec:map[replicas:x]', 'unrecognized type: int32'),
      patch(`${deployments}/d/scale`, { spec: { replicas: 'x' } }, strategic),
    ),
    refusal(400, /undeterminable: name must be provided$/, patch(`${deployments}/d/scale`, { metadata: null, spec: null }, merge)),
  ]);
  const { code, headers } = await ask(patch(`${maps}/m`, '{"data":{"a":"1","a":"2"},"foo":1}', merge));
  assert.deepEqual([code, headers['warning']], [200, '299 - "duplicate field \\"data.a\\"", 299 - "unknown field \\"foo\\""']);
});

/** Each doubles what is there. */
const copies = (): object[] => [
  { op: 'add', path: '/data/a', value: 'x'.repeat(1000) },
  ...Array.from({ length: 30 }, (_, i) => ({ op: 'copy', from: '/data', path: `/data/k${i}` })),
];

nothingIsLeft();
