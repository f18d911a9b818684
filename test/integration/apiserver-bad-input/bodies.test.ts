/** Bodies in the codes, reasons and words of upstream’s v1.34. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../raw.ts';
import { deployments, maps, merge, patch, pods, post, refusal, remove, serverForFile, strategic, yaml } from './server.ts';

const { ask, refused, nothingIsLeft } = serverForFile();

test('bodies that can not be read', async () => {
  const unrecognized = (why: string, summary: string): string =>
    `the object provided is unrecognized (must be of type ConfigMap): ${why} (${summary})`;
  const parse = "couldn't get version/kind; json parse error: ";
  const handled = (why: string, kind = 'ConfigMap', version = 'v1'): string =>
    `${kind} in version "${version}" cannot be handled as a ConfigMap: ${why}`;
  const scheme = 'in scheme "pkg/api/legacyscheme/scheme.go:30"';
  const big = { metadata: { name: 'big' }, data: { a: 'x'.repeat(3 * 1024 * 1024) } };
  await refused([
    refusal(400, unrecognized(`${parse}unexpected end of JSON input`, '<empty>'), post('')),
    refusal(400, unrecognized(`${parse}unexpected end of JSON input`, '{"metadata":'), post('{"metadata":')),
    refusal(400, unrecognized(`${parse}invalid character 'a' looking for beginning of object key string`, '{a:1}'), post('{a:1}')),
    refusal(
      400,
      unrecognized(`${parse}invalid character 'x' after top-level value`, '{"a":"1234567890123456789012"} ...'),
      post('{"a":"1234567890123456789012"} x'),
    ),
    refusal(400, /json: cannot unmarshal array into Go value of type struct \{ APIVersion string/, post('[1]')),
    refusal(400, unrecognized(`${parse}invalid character 'ï' looking for beginning of value`, 'efbbbf7b7d'), post('\ufeff{}')),
    refusal(
      400,
      unrecognized('yaml: line 1: mapping values are not allowed in this context', '613a20623a2063'),
      post('a: b: c', maps, yaml),
    ),
    refusal(400, /yaml: line 2: found character that cannot start any token/, post('a:\n\tb: 1', maps, yaml)),
    refusal(400, /yaml: document contains excessive aliasing/, post(`a: &a [${'x,'.repeat(9)}]\n${bomb()}`, maps, yaml)),
    refusal(
      400,
      /json parse error: json: cannot unmarshal number into Go struct field \.kind of type string \(\{"kind":5\}\)$/,
      post({ kind: 5 }),
    ),
    refusal(400, /unexpected GroupVersion string: a\/b\/c/, post({ kind: 'ConfigMap', apiVersion: 'a/b/c' })),
    refusal(400, handled('converting (v1.Pod) to (core.ConfigMap): unknown conversion', 'Pod'), post({ kind: 'Pod', apiVersion: 'v1' })),
    refusal(
      400,
      handled(`no kind "Unicorn" is registered for version "v1" ${scheme}`, 'Unicorn'),
      post({ kind: 'Unicorn', apiVersion: 'v1' }),
    ),
    refusal(
      400,
      handled(`no kind "ConfigMap" is registered for version "x/v2" ${scheme}`, 'ConfigMap', 'v2'),
      post({ kind: 'ConfigMap', apiVersion: 'x/v2' }),
    ),
    refusal(
      400,
      'the API version in the data (apps/v1) does not match the expected API version (v1)',
      post({ kind: 'Deployment', apiVersion: 'apps/v1' }),
    ),
    refusal(400, handled('json: cannot unmarshal number into Go struct field ConfigMap.data of type string'), post({ data: { a: 1 } })),
    refusal(
      400,
      handled('json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta'),
      post({ metadata: 'x' }),
    ),
    refusal(
      400,
      handled('json: cannot unmarshal object into Go struct field ObjectMeta.metadata.labels of type string'),
      post({ metadata: { labels: { a: {} } } }),
    ),
    refusal(
      400,
      /json: cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
      post({ spec: { replicas: 'x' } }, deployments),
    ),
    refusal(
      400,
      /json: cannot unmarshal number 1\.5 into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
      post({ spec: { replicas: 1.5 } }, deployments),
    ),
    refusal(
      400,
      /Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0$/,
      post({ data: { a: '!' } }, '/api/v1/namespaces/default/secrets'),
    ),
    refusal(
      400,
      /quantities must match the regular expression/,
      post({ spec: { containers: [{ resources: { limits: { cpu: 'x' } } }] } }, pods),
    ),
    refusal(413, 'Request entity too large: limit is 3145728', post(big)),
    refusal(413, 'Request entity too large: limit is 3145728', post(JSON.stringify(big), maps, { 'transfer-encoding': 'chunked' })),
    refusal(
      415,
      /^the body of the request was in an unknown format - accepted media types include: application\/json, application\/yaml, /,
      post('{}', maps, { 'content-type': 'text/plain' }),
    ),
    refusal(415, /in an unknown format/, post('{}', maps, { 'content-type': ';;;' })),
    refusal(406, /^only the following media types are accepted: application\/json, application\/yaml$/, {
      path: maps,
      headers: { accept: 'text/html' },
    }),
    refusal(406, /^only the following media types are accepted/, post({ metadata: { name: 'x' } }, maps, { accept: 'constructor' })),
  ]);
});

/** Nine aliases of nine aliases …, nine times. */
const bomb = (): string => [...'bcdefghij'].map((name, i) => `${name}: &${name} [${`*${'abcdefghij'[i]},`.repeat(9)}]`).join('\n');

test('fields that strict decoding refuses, in JSON and YAML', async () => {
  const strict = (body: string, headers = {}): Promise<Answer> => ask(post(body, `${maps}?fieldValidation=Strict`, headers));
  const error = (what: string): string => `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ${what}`;
  const json = '{"metadata":{"name":"strict","name":"strict"},"data":{"a":"1","a":"2"},"dat":{"x":1,"x":2}}';
  assert.equal(
    (await strict(json)).status.message,
    error('duplicate field "metadata.name", duplicate field "data.a", unknown field "dat"'),
  );
  const text = 'metadata:\n  name: strict\n  name: strict\ndata:\n  a: b\n  a: c\ndat: 1\n';
  const lines = ['line 3: key "name" already set in map', 'line 6: key "a" already set in map'];
  assert.equal((await strict(text, yaml)).status.message, error(`yaml: unmarshal errors:\n  ${lines.join('\n  ')}, unknown field "dat"`));
  const warned = await ask(post(text, maps, yaml));
  const warnings = [...lines, 'unknown field "dat"'].map((line) => `299 - ${JSON.stringify(line)}`).join(', ');
  assert.deepEqual([warned.code, warned.headers['warning']], [201, warnings]);
  assert.equal((await ask(remove(`${maps}/strict`))).code, 200);
});

test('names that JavaScript knows, half characters, NULs and broken UTF-8 are data like any other', async () => {
  const create = async (name: string, body: string | Buffer, headers = {}): Promise<Record<string, string>> => {
    assert.equal((await ask(post(body, maps, headers))).code, 201, name);
    return JSON.parse((await ask({ path: `${maps}/${name}` })).body).data;
  };
  const data = '{"__proto__":"1","constructor":"2","toString":"3"}';
  const stored = await create('proto', `{"metadata":{"name":"proto","__proto__":{"x":1}},"data":${data},"__proto__":{"polluted":1}}`);
  assert.equal(JSON.stringify(stored), data);
  for (const headers of [merge, strategic]) {
    const { body } = await ask(patch(`${maps}/proto`, '{"data":{"__proto__":"9","valueOf":"8"},"__proto__":{"polluted":1}}', headers));
    assert.equal(JSON.stringify(JSON.parse(body).data), '{"__proto__":"9","constructor":"2","toString":"3","valueOf":"8"}');
  }
  assert.equal(JSON.stringify(await create('proto-yaml', `metadata: {name: proto-yaml}\ndata: ${data}`, yaml)), data);
  assert.deepEqual(await create('nul', '{"metadata":{"name":"nul"},"data":{"a":"x\\u0000y"}}'), { a: 'x\0y' });
  assert.deepEqual(await create('half', '{"metadata":{"name":"half"},"data":{"a":"\\ud800x"}}'), { a: '\ufffdx' });
  const bytes = Buffer.concat([Buffer.from('{"metadata":{"name":"utf"},"data":{"a":"'), Buffer.from([0xff]), Buffer.from('"}}')]);
  assert.deepEqual(await create('utf', bytes), { a: '\ufffd' });
  const { status } = await ask(post('{"metadata":{"name":"labels","labels":{"__proto__":"1"}}}'));
  assert.match(status.message ?? '', /metadata.labels: Invalid value: "__proto__": name part must consist/);
  for (const name of ['proto', 'proto-yaml', 'nul', 'half', 'utf']) await ask(remove(`${maps}/${name}`));
});

nothingIsLeft();
