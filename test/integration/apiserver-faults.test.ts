/** The apiserver when etcd goes, when another server comes, and when it is told to end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { type ConfigMap, configMapKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { StatusError } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { apiserverFlags, type Cluster, freePort, program, startCluster } from './harness.ts';

let cluster: Cluster;
let admin: Client;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
});
after(() => cluster.stop());

const maps = '/api/v1/namespaces/default/configmaps';
const create = (name: string): Promise<ConfigMap> => admin.resource(configMapKind).create({ metadata: { name, namespace: 'default' } });

test('without etcd reads of memory go on, the rest fails with 5xx; with it all goes on, and nothing acknowledged is lost', async () => {
  const acknowledged: string[] = [];
  let isOver = false;
  const writing = (async () => {
    for (let i = 0; !isOver; i += 1) {
      try {
        await create(`w${i}`);
        acknowledged.push(`w${i}`);
      } catch (error) {
        assertUnavailable(error);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  })();
  await eventually(() => assert.ok(acknowledged.length > 5));
  await cluster.etcd.kill();
  await eventually(() => assert.rejects(create('away'), assertUnavailable));
  assert.equal((await admin.request({ method: 'GET', path: `${maps}?resourceVersion=0` })).status, 200);
  await assert.rejects(admin.request({ method: 'GET', path: '/readyz' }), /\[-\]etcd failed/);
  assert.equal((await admin.request({ method: 'GET', path: '/livez' })).body.toString(), 'ok');
  const before = acknowledged.length;
  await cluster.etcd.start();
  await eventually(() => assert.ok(acknowledged.length > before + 5), 20_000);
  isOver = true;
  await writing;
  const { items } = await admin.resource(configMapKind).list({ namespace: 'default' });
  const names = new Set(items.map((item) => item.metadata.name));
  assert.deepEqual(
    acknowledged.filter((name) => !names.has(name)),
    [],
  );
});

/** 503 or 504, which clients take as a reason to try again, and what it is that they wait for. */
function assertUnavailable(error: unknown): true {
  assert.ok(error instanceof StatusError, String(error));
  const { code, reason, message } = error.status;
  assert.ok((code === 503 && reason === 'ServiceUnavailable') || (code === 504 && reason === 'Timeout'), JSON.stringify(error.status));
  assert.match(message ?? '', /etcd|allotted timeout/);
  return true;
}

test('an etcd that neither answers nor goes away holds nobody longer than --request-timeout; with it all goes on', async () => {
  const { admin: hasty } = await cluster.startApiserver(['--request-timeout=2s']);
  const objects = hasty.resource(configMapKind);
  await objects.create({ metadata: { name: 'held', namespace: 'default' } });
  const asks: [what: string, ask: () => Promise<unknown>][] = [
    ['create', () => objects.create({ metadata: { name: 'late', namespace: 'default' } })],
    ['patch', () => objects.patch({ namespace: 'default', name: 'held' }, { type: 'merge', body: { data: { a: '1' } } })],
    ['delete', () => objects.delete({ namespace: 'default', name: 'held' })],
    ['list', () => objects.list({ namespace: 'default' })],
    ['timeout of the client', () => hasty.request({ method: 'GET', path: '/api/v1/namespaces/default/secrets?timeout=300ms' })],
  ];
  cluster.etcd.pause();
  try {
    const start = Date.now();
    await Promise.all(asks.map(([what, ask]) => assert.rejects(ask, assertUnavailable, what)));
    assert.ok(Date.now() - start < 10_000, `${Date.now() - start} ms`);
  } finally {
    cluster.etcd.resume();
  }
  // Whether the writes were done nobody has said; what is there now can be read, and written.
  await eventually(async () => void (await objects.create({ metadata: { generateName: 'after-', namespace: 'default' } })), 15_000);
  const { items } = await objects.list({ namespace: 'default' });
  assert.ok(items.every(({ metadata }) => metadata.uid && metadata.resourceVersion));
});

test('two servers show the same: a write through one is read through the other at once', async () => {
  const other = await cluster.startApiserver();
  for (let i = 0; i < 20; i += 1) {
    const { metadata } = await create(`both-${i}`);
    const seen = await other.admin.resource(configMapKind).get({ namespace: 'default', name: metadata.name ?? '' });
    assert.equal(seen.metadata.uid, metadata.uid);
  }
  await other.stop();
});

test('told to end, it ends its watches in order and exits with 0', async () => {
  const server = await cluster.startApiserver();
  const chunks = await server.admin.stream({ method: 'GET', path: `${maps}?watch=1` });
  const ended = (async () => {
    for await (const chunk of chunks) assert.ok(chunk.length > 0);
    return 'ended';
  })();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const start = Date.now();
  assert.equal(await server.stop(), 0);
  assert.equal(await ended, 'ended');
  assert.ok(Date.now() - start < 5000, `${Date.now() - start} ms`);
});

test('what is wrong with its flags is one line that names flag, file and reason', async () => {
  const { etcd, pki } = cluster;
  const port = await freePort();
  const run = (...args: string[]): { status: number | null; stderr: string } =>
    spawnSync(process.execPath, [program, ...apiserverFlags({ port, endpoint: etcd.endpoint, pki }), ...args], {
      encoding: 'utf8',
      timeout: 20_000,
    });
  const cases: [args: string[], words: RegExp][] = [
    [['--tls-cert-file=/no/such.crt'], /--tls-cert-file.*\/no\/such\.crt.*ENOENT/],
    [['--service-node-port-range=9-1'], /--service-node-port-range/],
    [['--service-cluster-ip-range=10.0.0.0'], /--service-cluster-ip-range/],
    [['--no-such-flag=1'], /no-such-flag/],
    [[`--secure-port=${new URL(cluster.api.url).port}`], /--secure-port.*in use/],
    [[`--tls-private-key-file=${pki.file('sa.key')}`], /--tls-private-key-file/],
  ];
  for (const [args, words] of cases) {
    const { status, stderr } = run(...args);
    const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    assert.equal(status, 2, `${args}: ${stderr}`);
    assert.equal(said.length, 1, stderr);
    assert.match(said[0] ?? '', words);
  }
});
