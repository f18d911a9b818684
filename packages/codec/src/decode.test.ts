import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatus } from '@t8s/meta';
import { canonicalize } from './canonical.ts';
import { decodeJson, parseJson } from './decode-json.ts';
import { decodeObject, type Expected } from './decode-object.ts';
import { decodeYaml } from './decode-yaml.ts';
import { parseYaml, parseYamlDocuments } from './yaml.ts';

const deployment: Expected = { group: 'apps', version: 'v1', kind: 'Deployment', schema: 'Deployment' };
const pod: Expected = { group: '', version: 'v1', kind: 'Pod', schema: 'Pod' };

function refusal(text: string, expected: Expected, format: 'json' | 'yaml' = 'json'): string {
  try {
    decodeObject({ bytes: Buffer.from(text), format, expected, serves: (apiVersion, kind) => apiVersion === 'v1' && kind === 'Service' });
  } catch (error) {
    assert.ok(isStatus(error, 'BadRequest'), String(error));
    return error.message;
  }
  return 'accepted';
}

test('broken JSON is refused in the words of encoding/json', () => {
  const syntax = (text: string): string =>
    refusal(text, pod).replace(
      /^the object provided is unrecognized \(must be of type Pod\): couldn't get version\/kind; json parse error: /,
      '',
    );
  assert.equal(syntax('{"a":x}'), 'invalid character \'x\' looking for beginning of value ({"a":x})');
  assert.equal(syntax('{a:1}'), "invalid character 'a' looking for beginning of object key string ({a:1})");
  assert.equal(syntax('{"a" 1}'), 'invalid character \'1\' after object key ({"a" 1})');
  assert.equal(syntax('{"a":1 "b"}'), 'invalid character \'"\' after object key:value pair ({"a":1 "b"})');
  assert.equal(syntax('{"a":[1 2]}'), 'invalid character \'2\' after array element ({"a":[1 2]})');
  assert.equal(syntax('{"a":tru}'), "invalid character '}' in literal true (expecting 'e') ({\"a\":tru})");
  assert.equal(syntax('{"a":1.}'), 'invalid character \'}\' after decimal point in numeric literal ({"a":1.})');
  assert.equal(syntax('{"a":"\\x"}'), 'invalid character \'x\' in string escape code ({"a":"\\x"})');
  assert.equal(syntax('{}{'), "invalid character '{' after top-level value ({}{)");
  assert.equal(syntax('{"a":'), 'unexpected end of JSON input ({"a":)');
  assert.equal(syntax(''), 'unexpected end of JSON input (<empty>)');
  assert.match(syntax('[]'), /^json: cannot unmarshal array into Go value of type struct \{ APIVersion string .* \(5b5d\)$/);
  assert.match(syntax(`{"a":${'['.repeat(2000)}`), /^exceeded max depth /);
});

test('values of a wrong type name the field as Go does', () => {
  const cases: [body: string, message: string][] = [
    ['{"spec":{"replicas":"3"}}', 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    [
      '{"spec":{"replicas":99999999999}}',
      'json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    ['{"spec":[]}', 'json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec'],
    ['{"metadata":{"labels":{"a":true}}}', 'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string'],
    [
      '{"spec":{"template":{"spec":{"containers":[{"env":[{"name":"A","value":5}]}]}}}}',
      'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    ],
    [
      '{"spec":{"template":{"spec":{"containers":{}}}}}',
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    ],
    [
      '{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":"x"}}}]}}}}',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    ['{"metadata":{"creationTimestamp":"now"}}', 'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"'],
    ['{"metadata":{"creationTimestamp":"2026-13-01T00:00:00Z"}}', 'parsing time "2026-13-01T00:00:00Z": month out of range'],
  ];
  for (const [body, message] of cases)
    assert.equal(refusal(body, deployment), `Deployment in version "v1" cannot be handled as a Deployment: ${message}`);
  assert.equal(
    refusal('{"data":{"a":"%"}}', { ...pod, kind: 'Secret', schema: 'Secret' }),
    'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
  );
});

test('a body of another kind is refused', () => {
  assert.equal(
    refusal('{"apiVersion":"v1","kind":"Nope"}', pod),
    'Nope in version "v1" cannot be handled as a Pod: no kind "Nope" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  );
  assert.equal(
    refusal('{"apiVersion":"v1","kind":"Service"}', pod),
    'Service in version "v1" cannot be handled as a Pod: converting (v1.Service) to (core.Pod): unknown conversion',
  );
  assert.equal(
    refusal('{"apiVersion":"v1","kind":"Service"}', deployment),
    'the API version in the data (v1) does not match the expected API version (apps/v1)',
  );
  assert.match(refusal('{"kind":5}', pod), /json: cannot unmarshal number into Go struct field \.kind of type string/);
});

test('canonical form: quantities, times, nulls; apiVersion, kind, metadata and spec are there', () => {
  const body = `{"metadata":{"name":"p","creationTimestamp":null,"deletionTimestamp":"2026-01-01T02:00:00.5+02:00","labels":{"a":null}},
    "spec":{"containers":[{"resources":{"limits":{"cpu":"1000m","memory":"1024Mi"},"requests":{"cpu":0.5}},"image":null}]}}`;
  const { object, strictErrors } = decodeObject({ bytes: Buffer.from(body), format: 'json', expected: pod });
  assert.deepEqual(strictErrors, []);
  assert.deepEqual(object, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', deletionTimestamp: '2026-01-01T00:00:00Z', labels: { a: '' } },
    spec: { containers: [{ name: '', resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } }] },
  });
  assert.deepEqual(decodeJson(Buffer.from('{}'), { type: 'Pod' }).object, { metadata: {}, spec: {} });
});

test('zeros that Go leaves out are dropped; those that say something stay', () => {
  const canonical = (type: string, object: Record<string, unknown>) => canonicalize(object, type).object;
  assert.deepEqual(canonical('DeploymentStatus', { replicas: 0, unavailableReplicas: 0, collisionCount: 0 }), { collisionCount: 0 });
  assert.deepEqual(canonical('EnvVar', { name: '', value: '' }), { name: '' });
  assert.deepEqual(canonical('PodSpec', { hostPID: false, nodeName: '', priority: 0, setHostnameAsFQDN: false }), {
    priority: 0,
    setHostnameAsFQDN: false,
  });
  assert.deepEqual(canonical('DiscoveryEndpointPort', { name: '', port: 0 }), { name: '', port: 0 });
});

test('strict errors: unknown and duplicate fields in the order of the document; names are case-sensitive', () => {
  const body = `{"spec":{"Replicas":1,"replicas":1,"replicas":2,"template":{"spec":{"containers":[{"name":"a","foo":{"x":1,"x":2}}]}}},
    "metadata":{"labels":{"a.b/c":"1","a.b/c":"2"}},"__proto__":{}}`;
  const { object, strictErrors } = decodeJson(Buffer.from(body), { type: 'Deployment' });
  assert.deepEqual(strictErrors, [
    'unknown field "spec.Replicas"',
    'duplicate field "spec.replicas"',
    'unknown field "spec.template.spec.containers[0].foo"',
    'duplicate field "metadata.labels.a.b/c"',
    'unknown field "__proto__"',
  ]);
  assert.deepEqual(object['spec'], { replicas: 2, template: { spec: { containers: [{ name: 'a' }] } } });
});

test('YAML has the scalars of version 1.1 that go-yaml has, and limits', () => {
  assert.deepEqual(parseYaml('a: yes\nb: on\nc: 0777\nd: 12:30:45\ne: 2026-01-01\nf: ~\ng: "yes"\nh: 0x1F\n1: x\ntrue: no\n'), {
    a: true,
    b: true,
    c: 511,
    d: '12:30:45',
    e: '2026-01-01',
    f: null,
    g: 'yes',
    h: 31,
    1: 'x',
    true: false,
  });
  assert.deepEqual(parseYaml('[e1, E5, ".e1", ., 1e3, .5, 1_0.5, -1.]'), ['e1', 'E5', '.e1', '.', 1000, 0.5, 10.5, -1]);
  assert.deepEqual(parseYaml('base: &b {x: 1}\nc:\n  <<: *b\n  z: 2\n'), { base: { x: 1 }, c: { x: 1, z: 2 } });
  assert.deepEqual(parseYamlDocuments('---\na: 1\n---\n# nothing\n---\nb: 2\n'), [{ a: 1 }, { b: 2 }]);
  const bomb = ['a0: &a0 [x]', ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)].join('\n');
  assert.throws(() => parseYaml(bomb), /document contains excessive aliasing/);
  assert.throws(() => parseYaml('<<: [1, 2]\n'), /map merge requires map or sequence of maps as the value/);
  assert.match(
    refusal('a: b: c', pod, 'yaml'),
    /must be of type Pod\): yaml: line 1: mapping values are not allowed in this context \(613a20623a2063\)/,
  );
  const { strictErrors } = decodeYaml(Buffer.from('spec:\n  foo: 1\n  bar: 1\nmetadata:\n  name: a\n  name: b\n'), { type: 'Pod' });
  assert.deepEqual(strictErrors, [
    'yaml: unmarshal errors:\n  line 6: key "name" already set in map',
    'unknown field "spec.bar"',
    'unknown field "spec.foo"',
  ]);
});

test('documents made to hurt are refused at once', () => {
  const start = Date.now();
  for (const text of ['['.repeat(100_000), '- '.repeat(100_000), '{a: '.repeat(100_000), '? '.repeat(100_000)])
    assert.match(refusal(text, pod, 'yaml'), /yaml: exceeded max depth of 250 /);
  assert.match(refusal(Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), pod, 'yaml'), /exceeded max depth/);
  assert.match(refusal(`[${'1,'.repeat(100_000)}]`, pod, 'yaml'), /yaml: the document has more than 100000 parts/);
  assert.match(refusal('? [a]\n: b', pod, 'yaml'), /yaml: line 1: invalid map key/);
  assert.throws(() => parseJson(Buffer.from('['.repeat(1_000_000))), /exceeded max depth/);
  const unknown = Array.from({ length: 50_000 }, (_, i) => `"k${i}":{"a":1,"a":2}`).join();
  const { strictErrors } = decodeJson(Buffer.from(`{${unknown},"data":{${'"a":"1",'.repeat(50_000)}"a":""}}`), { type: 'ConfigMap' });
  assert.equal(strictErrors.length, 100);
  assert.ok(Date.now() - start < 10_000, `${Date.now() - start} ms`);
});

test('half characters are replaced as in Go, in keys and values', () => {
  const body = String.raw`{"data":{"a":"\ud800x\uDC00","b":"\ud83d\ude00","c\udfff":"\\ud800"}}`;
  const { object } = decodeJson(Buffer.from(body), { type: 'ConfigMap' });
  assert.deepEqual(object['data'], { a: '\ufffdx\ufffd', b: '\u{1f600}', 'c\ufffd': '\\ud800' });
});

test('objects in memory may leave fields undefined: they are absent', () => {
  const { object } = canonicalize({ metadata: { name: 'p', labels: undefined }, spec: { containers: [], volumes: undefined } }, 'Pod');
  assert.deepEqual(object, { metadata: { name: 'p' }, spec: { containers: [] } });
});

test('a schema within a schema is read as one, wherever JSON schema has it', () => {
  const decode = (schema: string): unknown => {
    const text = `{"spec":{"versions":[{"schema":{"openAPIV3Schema":${schema}}}]}}`;
    const { object, strictErrors } = decodeJson(Buffer.from(text), { type: 'CustomResourceDefinition' });
    const { spec } = object as { spec: { versions: { schema: { openAPIV3Schema: unknown } }[] } };
    return [JSON.parse(JSON.stringify(spec.versions[0]?.schema.openAPIV3Schema)), ...strictErrors];
  };
  const at = 'spec.versions[0].schema.openAPIV3Schema';
  assert.deepEqual(decode('{"items":{"type":"string","typo":1},"additionalProperties":false}'), [
    { items: { type: 'string' }, additionalProperties: false },
    `unknown field "${at}.items.typo"`,
  ]);
  assert.deepEqual(decode('{"items":[{"type":"string"}],"dependencies":{"a":["b"]}}'), [
    { items: [{ type: 'string' }], dependencies: { a: ['b'] } },
  ]);
  assert.deepEqual(decode('{"items":"x"}'), [{}]);
  assert.throws(() => decode('{"additionalProperties":"x"}'), /boolean or JSON schema expected/);
  assert.throws(() => decode('{"items":{"required":5}}'), /cannot unmarshal number into Go struct field .*required of type \[\]string/);
});
