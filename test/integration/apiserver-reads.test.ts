/** Reads by version, page by page, and in every shape: upstream's table, in its words. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '@t8s/client';
import type { KubeList } from '@t8s/meta';
import { EtcdStore } from '@t8s/storage';
import { type Cluster, startCluster } from './harness.ts';
import { answerOf } from './one-answer.ts';
import { refused, send } from './served-resource.ts';
import { WatchLines } from './watch-lines.ts';

let cluster: Cluster;
let admin: Client;
/** Versions after two and after five of the maps were made. */
let early = 0;
let late = 0;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const { json } = await send(admin, 'POST', maps, { body: { metadata: { name }, data: { long: 'x'.repeat(40_000) } } });
    late = Number(json.metadata.resourceVersion);
    if (name === 'b') early = late;
  }
});
after(() => cluster.stop());

const maps = '/api/v1/namespaces/default/configmaps';
const future = 999_999_999;
const asShape = (as: string, v = 'v1'): string => `application/json;as=${as};v=${v};g=meta.k8s.io`;

/** What a list tells: the names, then what is to come of it. */
async function listed(query: string): Promise<string> {
  const { code, body } = await answerOf(cluster, { path: `${maps}?${query}` });
  if (code !== 200) return `${code} ${body.message}`;
  const { items, metadata } = body as unknown as KubeList;
  return [...items.map((item) => item.metadata.name), ...(metadata.continue ? ['…'] : [])].join('');
}

test('each version with each match and limit shows the state it means', async () => {
  const invalid = (why: string): string => `422 ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: ${why}`;
  const unset = invalid('Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided');
  const exactZero = invalid('Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  const tooLarge = '504 Timeout: Too large resource version: 999999999, current: ';
  const versions = { unset: '', zero: '0', early: String(early), late: String(late), future: String(future) };
  const table: [match: string, limit: string, expected: Record<keyof typeof versions, string>][] = [
    ['', '', { unset: 'abcde', zero: 'abcde', early: 'abcde', late: 'abcde', future: tooLarge }],
    ['', '2', { unset: 'ab…', zero: 'abcde', early: 'ab', late: 'ab…', future: tooLarge }],
    ['Exact', '', { unset, zero: exactZero, early: 'ab', late: 'abcde', future: tooLarge }],
    ['Exact', '1', { unset, zero: exactZero, early: 'a…', late: 'a…', future: tooLarge }],
    ['NotOlderThan', '', { unset, zero: 'abcde', early: 'abcde', late: 'abcde', future: tooLarge }],
    ['NotOlderThan', '3', { unset, zero: 'abcde', early: 'abc…', late: 'abc…', future: tooLarge }],
  ];
  const asked = table.flatMap(([match, limit, expected]) =>
    Object.entries(versions).map(([name, version]) => {
      const query = `resourceVersion=${version}${limit && `&limit=${limit}`}${match && `&resourceVersionMatch=${match}`}`;
      return { query, expected: expected[name as keyof typeof versions] };
    }),
  );
  await Promise.all(
    asked.map(async ({ query, expected }) => {
      const seen = await listed(query);
      assert.equal(expected === tooLarge ? seen.slice(0, tooLarge.length) : seen, expected, query);
    }),
  );
});

test('what cannot be read is refused in upstream’s words', async () => {
  const cases: [query: string, told: string][] = [
    [
      'resourceVersion=x',
      '400 invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    ['limit=x', '400 strconv.ParseInt: parsing "x": invalid syntax'],
    ['limit=9223372036854775808', '400 strconv.ParseInt: parsing "9223372036854775808": value out of range'],
    ['timeoutSeconds=1s', '400 strconv.ParseInt: parsing "1s": invalid syntax'],
    ['limit=-1', 'abcde'],
    ['continue=x', '400 invalid continue token: continue key is not valid: illegal base64 data at input byte 0'],
    [
      `continue=${token({ v: 'v2', rv: 1, start: 'a' })}`,
      '400 invalid continue token: continue key is not valid: server does not recognize this encoded version v2',
    ],
    [
      `continue=${token({ v: 'meta.k8s.io/v1', rv: 0, start: 'a' })}`,
      '400 invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    ],
    [`continue=${token({ v: 'meta.k8s.io/v1', rv: 1, start: '../a' })}`, '400 invalid continue token: continue key is not valid: ../a'],
    [
      `continue=${token({ v: 'meta.k8s.io/v1', rv: 1, start: 'default/a' })}&resourceVersion=5`,
      '400 specifying resource version is not allowed when using continue',
    ],
    [
      'sendInitialEvents=true',
      '422 ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    ],
    [
      'resourceVersion=1&resourceVersionMatch=Newest',
      '422 ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Newest": supported values: "Exact", "NotOlderThan", ""',
    ],
  ];
  for (const [query, told] of cases) assert.equal(await listed(query), told, query);
  const watched: [query: string, told: RegExp][] = [
    ['resourceVersionMatch=NotOlderThan', /resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided/],
    ['sendInitialEvents=true', /sendInitialEvents requires setting resourceVersionMatch to NotOlderThan/],
    ['resourceVersion=x', /strconv.ParseUint: parsing "x": invalid syntax/],
    ['timeoutSeconds=x', /strconv.ParseInt: parsing "x": invalid syntax/],
  ];
  for (const [query, told] of watched) assert.match((await refused(admin, 'GET', `${maps}?watch=1&${query}`)).message ?? '', told);
});

const token = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a get shows any state that is not older', async () => {
  const version = async (query: string): Promise<string | undefined> =>
    (await send(admin, 'GET', `${maps}/b?${query}`)).json.metadata.resourceVersion;
  for (const query of ['', 'resourceVersion=0', `resourceVersion=${early}`, 'watch=1'])
    assert.equal(await version(query), String(early), query);
  const { code, body } = await answerOf(cluster, { path: `${maps}/b?resourceVersion=${future}` });
  assert.deepEqual(
    [code, body.reason, body.details?.causes],
    [504, 'Timeout', [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]],
  );
});

test('pages say how many are left; one whose state is forgotten can be gone on with', async () => {
  const page = async (query: string): Promise<KubeList> => (await send<KubeList>(admin, 'GET', `${maps}?limit=2&${query}`)).json;
  const first = await page('');
  assert.equal(first.metadata.remainingItemCount, 3);
  const second = await page(`continue=${first.metadata.continue}`);
  assert.deepEqual([second.items.map((item) => item.metadata.name), second.metadata.remainingItemCount], [['c', 'd'], 1]);
  const whole = await send<KubeList>(admin, 'GET', `${maps}?continue=${first.metadata.continue}`);
  assert.deepEqual(
    whole.json.items.map((item) => item.metadata.name),
    ['c', 'd', 'e'],
  );
  await send(admin, 'POST', maps, { body: { metadata: { name: 'f' } } });
  await send(admin, 'DELETE', `${maps}/f`);
  const store = new EtcdStore({ endpoints: [cluster.etcd.endpoint] });
  await store.compact(await store.currentRevision());
  store.close();
  const gone = await refused(admin, 'GET', `${maps}?limit=2&continue=${first.metadata.continue}`);
  assert.deepEqual([gone.code, gone.reason], [410, 'Expired']);
  assert.match(gone.message ?? '', /or use the continue token in this response to retrieve the remainder of the results/);
  const rest = await page(`continue=${gone.metadata?.continue}`);
  assert.deepEqual([rest.items.map((item) => item.metadata.name), rest.metadata.remainingItemCount], [['c', 'd'], 1]);
  assert.ok(Number(rest.metadata.resourceVersion) > late);
  const exact = await refused(admin, 'GET', `${maps}?resourceVersion=${early}&resourceVersionMatch=Exact`);
  assert.match(exact.message ?? '', /The resourceVersion for the provided list is too old\.$/);
});

test('a watch of the future tells nothing of before it', async () => {
  const { json } = await send<KubeList>(admin, 'GET', maps);
  const from = Number(json.metadata.resourceVersion) + 2;
  const watch = new WatchLines(admin, `${maps}?watch=1&resourceVersion=${from}`);
  const initial = new WatchLines(
    admin,
    `${maps}?watch=1&resourceVersion=${from}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
  );
  await initial.until((events) => events.length === json.items.length);
  for (const name of ['g1', 'g2', 'g3', 'g4']) await send(admin, 'POST', maps, { body: { metadata: { name } } });
  await watch.until((events) => events.length >= 2);
  assert.deepEqual(watch.told(), ['ADDED g3', 'ADDED g4']);
  await initial.until((events) => events.length === json.items.length + 5);
  assert.deepEqual(initial.told().slice(json.items.length), ['ADDED g1', 'ADDED g2', 'BOOKMARK', 'ADDED g3', 'ADDED g4']);
  await Promise.all([watch.stop(), initial.stop()]);
});

test('a watch ends when its time is up, two seconds after it told how far it was', async () => {
  const started = Date.now();
  const watch = new WatchLines(
    admin,
    `${maps}?watch=true&timeoutSeconds=3&allowWatchBookmarks=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan`,
  );
  const [bookmark] = await watch.until((events) => events.length > 0);
  const told = Date.now() - started;
  await watch.ended;
  const took = Date.now() - started;
  assert.deepEqual(watch.told(), ['BOOKMARK'], 'no initial events');
  assert.match(bookmark?.object.metadata.resourceVersion ?? '', /^\d+$/);
  assert.ok(told >= 900 && told < 2500 && took >= 2900 && took < 6000, `told after ${told} ms, ended after ${took} ms`);
});

test('metadata and rows come where they are asked for; what cannot be is 406', async () => {
  const as = async (path: string, accept: string): Promise<string> => {
    const { json } = await send<{ kind: string; apiVersion: string }>(admin, 'GET', path, { accept });
    return `${json.kind} ${json.apiVersion}`;
  };
  assert.equal(await as(maps, asShape('PartialObjectMetadataList')), 'PartialObjectMetadataList meta.k8s.io/v1');
  assert.equal(await as(`${maps}/a`, asShape('PartialObjectMetadata', 'v1beta1')), 'PartialObjectMetadata meta.k8s.io/v1beta1');
  assert.equal(await as(maps, asShape('Table', 'v1beta1')), 'Table meta.k8s.io/v1beta1');
  const refusal = async (path: string, accept: string): Promise<string> => (await refused(admin, 'GET', path, { accept })).message ?? '';
  assert.match(await refusal(maps, asShape('PartialObjectMetadata')), /the requested object is a list \(\*core\.ConfigMapList\)$/);
  assert.match(
    await refusal(`${maps}/a`, asShape('PartialObjectMetadataList')),
    /the requested object is not a list \(\*core\.ConfigMap\)$/,
  );
  const none = (types: string): string => `only the following media types are accepted: ${types}`;
  for (const accept of ['application/yaml', 'application/vnd.kubernetes.protobuf'])
    assert.match(await refusal(`${maps}?watch=1`, accept), new RegExp(none('application/json;stream=watch')));
  for (const path of [maps, `${maps}/a`, '/api', '/apis', '/apis/apps', '/apis/apps/v1', '/openapi/v3'])
    assert.match(await refusal(path, 'application/vnd.kubernetes.protobuf'), new RegExp(`^${none('application/json')}`), path);
  // What typed clients of Go say.
  for (const path of [maps, '/api', '/apis/apps/v1', '/openapi/v3', '/openapi/v2'])
    await send(admin, 'GET', path, { accept: 'application/vnd.kubernetes.protobuf,application/json' });
  const watch = new WatchLines(admin, `${maps}?watch=1`, { accept: asShape('PartialObjectMetadata') });
  const [first] = await watch.until((events) => events.length > 0);
  assert.deepEqual([first?.object.kind, first && 'data' in first.object], ['PartialObjectMetadata', false]);
  await watch.stop();
});

test('failures are told in the form that was asked for, after what there was to be warned of', async () => {
  const none = await answerOf(cluster, { path: `${maps}/none`, headers: { accept: 'application/yaml' } });
  assert.equal(none.headers['content-type'], 'application/yaml');
  assert.match(
    none.text,
    /^apiVersion: v1\ncode: 404\n(?:details:\n(?: .*\n)+)kind: Status\nmessage: configmaps "none" not found\nmetadata: \{\}\nreason: NotFound\nstatus: Failure\n$/,
  );
  const body = JSON.stringify({ metadata: { name: 'Not_A_Name' }, dat: {} });
  const invalid = await answerOf(cluster, { method: 'POST', path: maps, body });
  assert.deepEqual([invalid.code, invalid.headers['warning']], [422, '299 - "unknown field \\"dat\\""']);
});

test('who asks in YAML is answered in YAML, lists and rows too', async () => {
  const yaml = (path: string, accept = 'application/yaml'): Promise<string> =>
    send(admin, 'GET', path, { accept }).then(({ text }) => text);
  assert.match(
    await yaml(`${maps}?limit=1`),
    /^apiVersion: v1\nitems:\n(?:.*\n)+kind: ConfigMapList\nmetadata:\n(?: .*\n)* {2}resourceVersion: "\d+"\n$/,
  );
  assert.match(
    await yaml(maps, 'application/yaml;as=Table;g=meta.k8s.io;v=v1'),
    /^apiVersion: meta.k8s.io\/v1\ncolumnDefinitions:\n(?:.*\n)+kind: Table\n/,
  );
});

test('a big answer is packed for who takes it, and people get it indented', async () => {
  const packed = await answerOf(cluster, { path: maps, headers: { 'accept-encoding': 'gzip' } });
  assert.deepEqual([packed.headers['content-encoding'], packed.headers['vary']], ['gzip', 'Accept-Encoding']);
  const small = await answerOf(cluster, { path: `${maps}/none`, headers: { 'accept-encoding': 'gzip' } });
  assert.equal(small.headers['content-encoding'], undefined);
  for (const [query, agent, isIndented] of [
    ['?pretty=true', 'x/1', true],
    ['', 'x/1', false],
    ['', 'curl/8', true],
  ] as const) {
    const { text } = await answerOf(cluster, { path: `${maps}/none${query}`, headers: { 'user-agent': agent } });
    assert.equal(text.includes('\n  "kind"'), isIndented, `${query} ${agent}`);
  }
});
