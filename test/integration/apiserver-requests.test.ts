/** What the apiserver says to requests it can't serve, in upstream's codes and words. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { json as readJson } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { clusterRoleBindingKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { type KubeObject, type Status, StatusError } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type Cluster, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

interface Asked {
  method?: string;
  path: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
  client?: Client;
}

/** The Status of a refusal. */
async function refusal({ method = 'GET', client = admin, ...request }: Asked): Promise<Status> {
  try {
    const { status, body } = await client.request({ method, ...request });
    assert.fail(`${method} ${request.path} was answered with ${status}: ${body.toString().slice(0, 300)}`);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return error.status;
  }
}

const maps = '/api/v1/namespaces/default/configmaps';
const post = (body: string | Buffer, headers: Record<string, string> = { 'content-type': 'application/json' }, path = maps): Asked => ({
  method: 'POST',
  path,
  body,
  headers,
});
const json = (value: object): string => JSON.stringify(value);

test('each bad request gets its code, reason and words', async () => {
  const big = json({ metadata: { name: 'big' }, data: { a: 'x'.repeat(3 * 1024 * 1024) } });
  const yaml = { 'content-type': 'application/yaml' };
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const cases: [asked: Asked, code: number, reason: string, words: RegExp][] = [
    [post('{"metadata":'), 400, 'BadRequest', /must be of type ConfigMap|unexpected end of JSON input/],
    [post('a: b: c', yaml), 400, 'BadRequest', /must be of type ConfigMap\): yaml: line 1: mapping values are not allowed in this context/],
    [
      post(json({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'x' } })),
      400,
      'BadRequest',
      /Pod in version "v1" cannot be handled as a ConfigMap/,
    ],
    [post(json({ kind: 'ConfigMap', apiVersion: 'v2' })), 400, 'BadRequest', /no kind "ConfigMap" is registered for version "v2"/],
    [
      post(json({ metadata: { name: 'x' }, data: { a: 1 } })),
      400,
      'BadRequest',
      /cannot unmarshal number into Go struct field ConfigMap.data of type string/,
    ],
    [post(json({ metadata: { name: 'x', namespace: 'other' } })), 400, 'BadRequest', /does not match the namespace sent on the request/],
    [
      post(json({ metadata: { name: 'Bad_Name' } })),
      422,
      'Invalid',
      /ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name"/,
    ],
    [post(json({ metadata: {} })), 422, 'Invalid', /name or generateName is required/],
    [
      post(json({ metadata: { name: 'x' } }), { 'content-type': 'text/plain' }),
      415,
      'UnsupportedMediaType',
      /the body of the request was in an unknown format/,
    ],
    [post(big), 413, 'RequestEntityTooLarge', /Request entity too large: limit is 3145728/],
    [
      { path: maps, headers: { accept: 'application/vnd.kubernetes.protobuf' } },
      406,
      'NotAcceptable',
      /only the following media types are accepted/,
    ],
    [
      { path: maps, headers: { accept: 'application/json;g=meta.k8s.io;v=v1' } },
      406,
      'NotAcceptable',
      /only the following media types are accepted/,
    ],
    [
      post('{}', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }, '/apis/authentication.k8s.io/v1/selfsubjectreviews'),
      406,
      'NotAcceptable',
      /only the following media types are accepted/,
    ],
    [{ path: '/api/v1/namespaces/default/unicorns' }, 404, 'NotFound', /the server could not find the requested resource/],
    [{ path: '/apis/none.example.com/v1/things' }, 404, 'NotFound', /the server could not find the requested resource/],
    [{ path: `${maps}/none` }, 404, 'NotFound', /configmaps "none" not found/],
    [{ path: `${maps}/none/status` }, 404, 'NotFound', /the server could not find the requested resource/],
    [
      { method: 'POST', path: '/api/v1/configmaps', body: '{}' },
      405,
      'MethodNotAllowed',
      /the server does not allow this method on the requested resource/,
    ],
    [{ method: 'PUT', path: maps, body: '{}' }, 405, 'MethodNotAllowed', /the server does not allow this method on the requested resource/],
    [
      { method: 'DELETE', path: '/api/v1/namespaces' },
      405,
      'MethodNotAllowed',
      /the server does not allow this method on the requested resource/,
    ],
    [
      { path: `${maps}?fieldSelector=spec.x%3D1` },
      400,
      'BadRequest',
      /"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"/,
    ],
    [{ path: '/api/v1/pods?fieldSelector=spec.x%3D1' }, 400, 'BadRequest', /field label not supported: spec.x/],
    [{ path: `${maps}?labelSelector=a%3D%3D%3Db` }, 400, 'BadRequest', /unable to parse requirement/],
    [{ path: `${maps}?resourceVersion=abc` }, 400, 'BadRequest', /strconv.ParseUint: parsing "abc": invalid syntax/],
    [
      { path: `${maps}?resourceVersionMatch=Exact` },
      422,
      'Invalid',
      /resourceVersionMatch is forbidden unless resourceVersion is provided/,
    ],
    [{ path: `${maps}?continue=nonsense` }, 400, 'BadRequest', /continue key is not valid/],
    [post('{}', undefined, `${maps}?dryRun=Some`), 422, 'Invalid', /dryRun: Unsupported value/],
    [
      { method: 'PATCH', path: `${maps}/x`, body: '{}', headers: { 'content-type': 'application/apply-patch+cbor' } },
      415,
      'UnsupportedMediaType',
      /^415: Unsupported Media Type$/,
    ],
    [
      { method: 'PATCH', path: '/api/v1/namespaces/default', body: '{', headers: { 'content-type': 'application/merge-patch+json' } },
      400,
      'BadRequest',
      /error decoding patch/,
    ],
    [
      post(json({ metadata: { name: 'd' }, spec: { replicas: 'x' } }), undefined, deployments),
      400,
      'BadRequest',
      /cannot be handled as a Deployment/,
    ],
    [post(json({ metadata: { name: 'd' }, spec: {} }), undefined, deployments), 422, 'Invalid', /Deployment.apps "d" is invalid: /],
    [
      { method: 'PUT', path: `${maps}/one`, body: json({ metadata: { name: 'two' } }) },
      400,
      'BadRequest',
      /the name of the object \(two\) does not match the name on the URL \(one\)/,
    ],
  ];
  for (const [asked, code, reason, words] of cases) {
    const status = await refusal(asked);
    const what = `${asked.method ?? 'GET'} ${asked.path}: ${JSON.stringify(status)}`;
    assert.deepEqual([status.code, status.reason, status.kind], [code, reason, 'Status'], what);
    assert.match(status.message ?? '', words, what);
  }
  const { items } = await admin.getJson<{ items: { metadata: { name: string } }[] }>(maps);
  assert.deepEqual(
    items.map((item) => item.metadata.name),
    [],
    'nothing half-written stays',
  );
});

test('unknown fields are refused, warned of or let go, as the client wants', async () => {
  const body = json({ metadata: { name: 'strict' }, dat: { a: '1' } });
  const strict = await refusal(post(body, undefined, `${maps}?fieldValidation=Strict`));
  assert.equal(strict.message, 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dat"');
  const warned = await admin.request({ ...post(body, undefined, `${maps}?fieldValidation=Warn`), method: 'POST' });
  assert.equal(warned.headers['warning'], '299 - "unknown field \\"dat\\""');
  const ignored = await admin.request({ method: 'PUT', path: `${maps}/strict?fieldValidation=Ignore`, body });
  assert.equal(ignored.headers['warning'], undefined);
  await admin.request({ method: 'DELETE', path: `${maps}/strict` });
});

test('owners named twice are named once, with a warning', async () => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' };
  const body = json({ metadata: { name: 'owned', ownerReferences: [owner, owner, { ...owner, controller: true }] } });
  const created = await admin.request({ ...post(body), method: 'POST' });
  const { metadata } = JSON.parse(created.body.toString()) as KubeObject;
  assert.deepEqual(metadata.ownerReferences, [owner, { ...owner, controller: true }]);
  assert.match(
    created.headers['warning'] ?? '',
    /^299 - ".metadata.ownerReferences contains duplicate entries; .* duplicate UID\(s\) observed: u"$/,
  );
  await admin.request({ method: 'DELETE', path: `${maps}/owned` });
});

test('who is not known is sent away, who may not is told so', async () => {
  const [nobody, jane] = await Promise.all([cluster.api.client(), cluster.api.client('jane', ['dev'])]);
  assert.equal(
    (await refusal({ client: nobody, path: maps })).message,
    'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "default"',
  );
  assert.equal((await nobody.request({ method: 'GET', path: '/healthz' })).body.toString(), 'ok');
  assert.match((await nobody.request({ method: 'GET', path: '/version' })).body.toString(), /"gitVersion":\s*"v1\.34/);
  assert.equal((await refusal({ client: nobody, path: '/apis' })).code, 403);
  assert.equal(
    (await refusal({ client: jane, path: '/api/v1/nodes' })).message,
    'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
  );
  assert.equal((await jane.request({ method: 'GET', path: '/apis' })).status, 200);
  const status = await refusal({ client: nobody, path: maps, headers: { authorization: 'Bearer no.such.token' } });
  assert.deepEqual([status.code, status.message], [401, 'Unauthorized']);
});

test("a service account's token works until its account goes", async () => {
  const accounts = '/api/v1/namespaces/kube-system/serviceaccounts';
  await admin.request({ method: 'POST', path: accounts, body: json({ metadata: { name: 'robot' } }) });
  const { body } = await admin.request({
    method: 'POST',
    path: `${accounts}/robot/token`,
    body: json({ spec: { expirationSeconds: 600 } }),
  });
  const { status } = JSON.parse(body.toString()) as { status: { token: string } };
  const nobody = await cluster.api.client();
  const headers = { authorization: `Bearer ${status.token}` };
  assert.equal((await nobody.request({ method: 'GET', path: '/apis', headers })).status, 200);
  await admin.request({ method: 'DELETE', path: `${accounts}/robot` });
  assert.equal((await refusal({ client: nobody, path: '/apis', headers })).code, 401);
});

/** Of one request, as the wire has it: a client would follow Retry-After, and ask again for a while. */
async function answerOf({ method = 'GET', path, body, headers = {} }: Asked, url: string, name = 'admin', groups = ['system:masters']) {
  const identity = await cluster.pki.client(name, groups);
  const asking = request(`${url}${path}`, { method, headers, ca: cluster.pki.ca, agent: false, ...identity }).end(body);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const status = (await readJson(response)) as Status;
  return { code: response.statusCode, retryAfter: response.headers['retry-after'], status };
}

test('each answer names its line in the log; who asks may name it', async () => {
  const idOf = async (headers: Record<string, string>): Promise<string> =>
    String((await admin.request({ method: 'GET', path: maps, headers })).headers['audit-id']);
  assert.match(await idOf({}), /^[\da-f]{8}-[\da-f-]{27}$/);
  assert.notEqual(await idOf({}), await idOf({}));
  assert.equal(await idOf({ 'audit-id': 'a'.repeat(70) }), 'a'.repeat(64));
});

test('a version that is not there yet is waited for, a little', async () => {
  const { code, retryAfter, status } = await answerOf({ path: `${maps}?resourceVersion=999999999` }, cluster.api.url);
  assert.deepEqual([code, retryAfter, status.reason], [504, '1', 'Timeout']);
  assert.match(status.message ?? '', /Too large resource version: 999999999/);
});

test('a user has so many watches, and no more', async () => {
  const small = await cluster.startApiserver(['--max-watches-per-user=2']);
  const watcher = await small.client('system:kube-controller-manager');
  const [path, abort] = ['/api/v1/pods?watch=1', new AbortController()];
  await Promise.all([1, 2].map(() => watcher.stream({ method: 'GET', path, signal: abort.signal })));
  const third = await answerOf({ path }, small.url, 'system:kube-controller-manager', []);
  assert.deepEqual([third.code, third.retryAfter, third.status.reason], [429, '1', 'TooManyRequests']);
  assert.equal(third.status.message, 'Too many watches: user "system:kube-controller-manager" may have 2 at a time.');
  abort.abort();
  await eventually(async () => void (await watcher.stream({ method: 'GET', path: `${path}&timeoutSeconds=1` })), 10_000);
  assert.equal(await small.stop(), 0);
});

test('too many at once are asked to come again', async () => {
  const small = await cluster.startApiserver(['--max-mutating-requests-inflight=1']);
  // Administrators always get in.
  const identity = await cluster.pki.client('writer');
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
  const subjects = [{ kind: 'User', name: 'writer' }];
  await admin.resource(clusterRoleBindingKind).create({ metadata: { name: 'writer' }, roleRef, subjects });
  const body = json({ metadata: { name: 'slow' } });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const slow = request(`${small.url}${maps}`, { method: 'POST', headers, ca: cluster.pki.ca, agent: false, ...identity });
  await eventually(async () => assert.equal((await answerOf({ path: maps }, small.url, 'writer', [])).code, 200));
  slow.write(body.slice(0, 5));
  const other = post(json({ metadata: { generateName: 'quick-' } }));
  const refused = await eventually(async () => {
    const answer = await answerOf(other, small.url, 'writer', []);
    assert.equal(answer.code, 429);
    return answer;
  }, 10_000);
  assert.deepEqual([refused.retryAfter, refused.status.reason], ['1', 'TooManyRequests']);
  const answer = once(slow, 'response');
  slow.end(body.slice(5));
  const [response] = (await answer) as [IncomingMessage];
  assert.equal(response.statusCode, 201);
  await readJson(response);
  const leaving = request(`${small.url}${maps}`, { method: 'POST', headers, ca: cluster.pki.ca, agent: false, ...identity });
  leaving.on('error', () => undefined).write(body.slice(0, 5));
  await eventually(async () => assert.equal((await answerOf(other, small.url, 'writer', [])).code, 429), 10_000);
  leaving.destroy();
  await eventually(async () => assert.equal((await answerOf(other, small.url, 'writer', [])).code, 201), 10_000);
  assert.equal((await answerOf(other, small.url, 'writer', [])).code, 201);
  assert.equal(await small.stop(), 0);
});
