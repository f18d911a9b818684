/** Lists and watches of the real apiserver: what they select, where they begin, and how they end. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { after, before, test } from 'node:test';
import { type ConfigMap, configMapKind, type Pod, podKind, secretKind } from '@t8s/api';
import type { Client, WatchEvent } from '@t8s/client';
import { isStatus, type KubeList, type KubeObject } from '@t8s/meta';
import { EtcdStore } from '@t8s/storage';
import { eventually } from '@t8s/testkit';
import { type Cluster, startCluster } from './harness.ts';
import { metricOf } from './metric-of.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

const maps = '/api/v1/namespaces/default/configmaps';
const create = (name: string, labels: Record<string, string> = {}): Promise<ConfigMap> =>
  admin.resource(configMapKind).create({ metadata: { name, namespace: 'default', labels } });

/** Lines of a watch until `count` have come. */
async function lines(path: string, count: number, headers: Record<string, string> = {}): Promise<WatchEvent<KubeObject>[]> {
  const abort = new AbortController();
  const found: WatchEvent<KubeObject>[] = [];
  let pending = '';
  for await (const chunk of await admin.stream({ method: 'GET', path, headers, signal: abort.signal })) {
    pending += chunk.toString();
    const whole = pending.split('\n');
    pending = whole.pop() ?? '';
    found.push(...whole.filter((line) => line !== '').map((line) => JSON.parse(line) as WatchEvent<KubeObject>));
    if (found.length >= count) break;
  }
  abort.abort();
  return found;
}
const told = (events: readonly WatchEvent<KubeObject>[]): string[] => events.map(({ type, object }) => `${type} ${object.metadata?.name}`);

test('a watch tells what is there, then what changes; selectors add and remove', async () => {
  await create('w1', { team: 'a' });
  const watching = lines(`${maps}?watch=1&labelSelector=team%3Da`, 4);
  const list = await admin.getJson<KubeList>(`${maps}?labelSelector=team%3Da`);
  assert.deepEqual(
    list.items.map((item) => item.metadata.name),
    ['w1'],
  );
  await create('w2', { team: 'b' });
  const patch = (name: string, team: string): Promise<ConfigMap> =>
    admin.resource(configMapKind).patch({ namespace: 'default', name }, { type: 'merge', body: { metadata: { labels: { team } } } });
  await patch('w2', 'a');
  await patch('w1', 'b');
  await admin.resource(configMapKind).delete({ namespace: 'default', name: 'w2' });
  const events = await watching;
  assert.deepEqual(told(events), ['ADDED w1', 'ADDED w2', 'DELETED w1', 'DELETED w2']);
  const revisions = events.slice(1).map(({ object }) => Number(object.metadata.resourceVersion));
  assert.deepEqual(
    revisions,
    [...revisions].sort((a, b) => a - b),
  );
  await admin.resource(configMapKind).delete({ namespace: 'default', name: 'w1' });
});

test('a watch goes on where a list ended, for many watchers alike', async () => {
  const { metadata } = await admin.getJson<KubeList>(maps);
  const path = `${maps}?watch=1&resourceVersion=${metadata.resourceVersion}`;
  const early = Array.from({ length: 20 }, () => lines(path, 3));
  const of = { group: '', version: 'v1', resource: 'configmaps' };
  await eventually(async () => assert.equal(await metricOf(admin, 'apiserver_longrunning_requests', { ...of, verb: 'WATCH' }), 20));
  const before = (await metricOf(admin, 'apiserver_watch_events_total', of)) ?? 0;
  await create('many1');
  await create('many2');
  await admin.resource(configMapKind).deleteCollection({ namespace: 'default', labelSelector: '!x', fieldSelector: 'metadata.name=many1' });
  const late = Array.from({ length: 20 }, () => lines(path, 3));
  for (const events of await Promise.all([...early, ...late]))
    assert.deepEqual(told(events), ['ADDED many1', 'ADDED many2', 'DELETED many1']);
  assert.ok(((await metricOf(admin, 'apiserver_watch_events_total', of)) ?? 0) >= before + 60);
  const created = { ...of, verb: 'POST', code: '201', subresource: '', scope: 'resource' };
  assert.ok(((await metricOf(admin, 'apiserver_request_total', created)) ?? 0) >= 2);
  await admin.resource(configMapKind).delete({ namespace: 'default', name: 'many2' });
});

test('initial events end with a bookmark; tables name their columns once', async () => {
  await create('b1');
  const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const events = await lines(`${maps}?${query}`, 2);
  assert.deepEqual(told(events).slice(0, 1), ['ADDED b1']);
  assert.equal(events[1]?.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true');
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const watching = lines(`${maps}?watch=1`, 2, { accept });
  const table = await admin.request({ method: 'GET', path: maps, headers: { accept } });
  const { kind, columnDefinitions, rows } = JSON.parse(table.body.toString()) as {
    kind: string;
    columnDefinitions: { name: string }[];
    rows: { cells: unknown[] }[];
  };
  assert.deepEqual([kind, columnDefinitions.map((c) => c.name), rows[0]?.cells.slice(0, 2)], ['Table', ['Name', 'Data', 'Age'], ['b1', 0]]);
  await create('b2');
  const [first, second] = (await watching) as unknown as { object: { columnDefinitions: unknown[]; rows: { cells: unknown[] }[] } }[];
  assert.equal(first?.object.columnDefinitions.length, 3);
  assert.equal(second?.object.columnDefinitions.length, 0);
  assert.equal(second?.object.rows[0]?.cells[0], 'b2');
  const metadata = await admin.request({
    method: 'GET',
    path: `${maps}/b1`,
    headers: { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' },
  });
  assert.deepEqual(Object.keys(JSON.parse(metadata.body.toString())), ['kind', 'apiVersion', 'metadata']);
});

test('a state larger than what may wait for a client is told whole, and what comes meanwhile after it', async () => {
  const large = Array.from({ length: 40 }, (_, i) => `large-${String(i).padStart(2, '0')}`);
  const data = { text: 'x'.repeat(1_000_000) };
  for (const name of large)
    await admin.resource(configMapKind).create({ metadata: { name, namespace: 'default', labels: { large: '' } }, data });
  const watching = lines(`${maps}?watch=1&labelSelector=large`, large.length + 1);
  await create('last', { large: '' });
  assert.deepEqual(
    told(await watching),
    [...large, 'last'].map((name) => `ADDED ${name}`),
  );
  await admin.resource(configMapKind).deleteCollection({ namespace: 'default', labelSelector: 'large' });
});

test('who does not read is cut off, and who goes leaves nothing behind', async () => {
  const identity = await cluster.pki.client('admin', ['system:masters']);
  const agent = new Agent({ ca: cluster.pki.ca, ...identity });
  const open = async (): Promise<IncomingMessage> => {
    const [response] = (await once(get(`${cluster.api.url}/api/v1/secrets?watch=1`, { agent }), 'response')) as [IncomingMessage];
    return response.pause().on('error', () => undefined);
  };
  const watching = async (): Promise<number | undefined> => metricOf(admin, 'apiserver_longrunning_requests', { resource: 'secrets' });
  const [idle, deaf] = await Promise.all([open(), open()]);
  assert.equal(await watching(), 2);
  idle.destroy();
  await eventually(async () => assert.equal(await watching(), 1));
  const data = Buffer.alloc(700_000, 'x').toString('base64');
  const metadata = { name: 'long', namespace: 'default' };
  await admin.resource(secretKind).create({ metadata, data: { a: data } });
  for (let i = 0; i < 60 && (await watching()) === 1; i++)
    await admin.resource(secretKind).patch(metadata, { type: 'merge', body: { metadata: { labels: { i: String(i) } } } });
  await eventually(async () => assert.equal(await watching(), 0));
  deaf.destroy();
  agent.destroy();
  await admin.resource(secretKind).delete(metadata);
});

test('the older paths of watches lead to the same', async () => {
  await create('older');
  await create('other');
  const of = async (path: string): Promise<string[]> => told(await lines(path, 1));
  assert.deepEqual(await of('/api/v1/watch/namespaces/default/configmaps/older'), ['ADDED older']);
  assert.deepEqual(await of('/api/v1/watch/configmaps?fieldSelector=metadata.name%3Dother'), ['ADDED other']);
  assert.deepEqual(await of('/api/v1/watch/namespaces/default?timeoutSeconds=5'), ['ADDED default']);
  const refused = (method: string, path: string): Promise<unknown> => admin.request({ method, path, body: '{}' });
  const wrong = '/api/v1/watch/namespaces/default/configmaps/older?fieldSelector=metadata.name%3Dother';
  await assert.rejects(refused('GET', wrong), { message: "fieldSelector metadata.name doesn't match requested name" });
  await assert.rejects(refused('POST', '/api/v1/watch/configmaps'), (error) => isStatus(error, 'MethodNotAllowed'));
  for (const name of ['older', 'other']) await admin.resource(configMapKind).delete({ namespace: 'default', name });
});

test('programs in browsers watch over web sockets: an event a message', async () => {
  const socket = admin.upgrade(`${maps}?watch=1&labelSelector=socket`, ['one.example.com']);
  const events: WatchEvent<KubeObject>[] = [];
  socket.on('message', (data) => events.push(JSON.parse(String(data)) as WatchEvent<KubeObject>));
  await new Promise((resolve) => socket.once('open', resolve));
  await create('socket-1', { socket: 'yes' });
  await create('socket-2', { socket: 'yes' });
  await admin.resource(configMapKind).delete({ namespace: 'default', name: 'socket-1' });
  await eventually(() => assert.deepEqual(told(events), ['ADDED socket-1', 'ADDED socket-2', 'DELETED socket-1']));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close();
  await closed;
  const timed = admin.upgrade(`${maps}?watch=1&timeoutSeconds=1`, []);
  await new Promise((resolve) => timed.once('close', resolve));
  const refused = admin.upgrade(`${maps}?watch=1&resourceVersion=x`, []);
  const [error] = (await once(refused, 'error')) as [Error];
  assert.match(error.message, /strconv.ParseUint: parsing "x": invalid syntax/);
  await admin.resource(configMapKind).delete({ namespace: 'default', name: 'socket-2' });
});

test("watches of one node's pods see pods come and go", async () => {
  const watching = lines('/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn1', 2);
  const pod = (name: string, nodeName: string): Pod => ({
    metadata: { name, namespace: 'default' },
    spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
  });
  await admin.resource(podKind).create(pod('elsewhere', 'n2'));
  await admin.resource(podKind).create(pod('here', 'n1'));
  await admin.resource(podKind).delete({ namespace: 'default', name: 'here' }, { gracePeriodSeconds: 0 });
  assert.deepEqual(told(await watching), ['ADDED here', 'DELETED here']);
});

test('pages are of one state, and end when that state is forgotten', async () => {
  await Promise.all(Array.from({ length: 10 }, (_, i) => create(`page-${i}`, { page: 'x' })));
  const read = (query: string): Promise<KubeList> => admin.getJson<KubeList>(`${maps}?labelSelector=page&limit=4${query}`);
  const first = await read('');
  await create('page-55', { page: 'x' });
  const second = await read(`&continue=${first.metadata.continue}`);
  const third = await read(`&continue=${second.metadata.continue}`);
  const names = [first, second, third].flatMap(({ items }) => items.map((item) => item.metadata.name));
  assert.deepEqual(
    names,
    Array.from({ length: 10 }, (_, i) => `page-${i}`),
  );
  assert.deepEqual([second.metadata.resourceVersion, third.metadata.continue], [first.metadata.resourceVersion, undefined]);
  const store = new EtcdStore({ endpoints: [cluster.etcd.endpoint] });
  await store.compact(await store.currentRevision());
  store.close();
  await assert.rejects(read(`&continue=${first.metadata.continue}`), (error) => isStatus(error, 'Expired') && error.code === 410);
});

test('a watch from before the log begins is told so', async () => {
  const restarted = await cluster.startApiserver();
  const events = await restarted.admin.stream({ method: 'GET', path: `${maps}?watch=1&resourceVersion=1` });
  const chunks: Buffer[] = [];
  for await (const chunk of events) chunks.push(chunk);
  const { type, object } = JSON.parse(Buffer.concat(chunks).toString()) as {
    type: string;
    object: { code: number; reason: string; message: string };
  };
  assert.deepEqual([type, object.code, object.reason], ['ERROR', 410, 'Expired']);
  assert.match(object.message, /^too old resource version: 1 \(\d+\)$/);
  await restarted.stop();
});

test('core and events.k8s.io events are one', async () => {
  const event = {
    metadata: { name: 'e', namespace: 'default' },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
    reason: 'Tested',
    type: 'Normal',
    message: 'm',
  };
  await admin.request({ method: 'POST', path: '/api/v1/namespaces/default/events', body: JSON.stringify(event) });
  const other = await admin.getJson<{ kind: string; apiVersion: string; note: string; regarding: { name: string } }>(
    '/apis/events.k8s.io/v1/namespaces/default/events/e',
  );
  assert.deepEqual([other.apiVersion, other.note, other.regarding.name], ['events.k8s.io/v1', 'm', 'p']);
  const watched = await lines('/apis/events.k8s.io/v1/events?watch=1&fieldSelector=regarding.name%3Dp', 1);
  assert.deepEqual(told(watched), ['ADDED e']);
});
