import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isStatus, type KubeObject } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import { type EtcdProcess, startEtcd } from '../etcd/etcd-process.ts';
import { EtcdStore } from '../etcd/etcd-store.ts';
import { encodeObject } from '../object-bytes.ts';
import { type CacheEvent, watchFrame } from './cached-object.ts';
import { WatchCache } from './watch-cache.ts';

let etcd: EtcdProcess;
let store: EtcdStore;
before(async () => {
  etcd = await startEtcd();
  store = new EtcdStore({ endpoints: [etcd.endpoint] });
});
after(async () => {
  store.close();
  await etcd.stop();
});

const pod = (name: string, nodeName = ''): KubeObject =>
  ({ kind: 'Pod', apiVersion: 'v1', metadata: { name, namespace: 'd' }, spec: { nodeName } }) as KubeObject;
const nodeOf = (object: KubeObject): string => (object as { spec?: { nodeName?: string } }).spec?.nodeName ?? '';
const put = (name: string, nodeName?: string): Promise<number> =>
  store.create(`/registry/pods/d/${name}`, encodeObject(pod(name, nodeName)));

async function withCache(use: (cache: WatchCache) => Promise<void>): Promise<void> {
  const cache = new WatchCache({ store, prefix: '/registry/', resources: { pods: { node: nodeOf }, nodes: {} }, log: silentLogger });
  const abort = new AbortController();
  const running = cache.run(abort.signal);
  while (!cache.isReady) await delay(5);
  try {
    await use(cache);
  } finally {
    abort.abort();
    await running;
  }
}

test('a consistent read shows every write before it, in key order and by namespace', async () => {
  await put('b');
  await withCache(async (cache) => {
    await put('c');
    await put('a');
    await cache.consistent();
    assert.deepEqual(
      [...cache.resource('pods').range('d/')].map((c) => c.key),
      ['d/a', 'd/b', 'd/c'],
    );
    assert.deepEqual(
      [...cache.resource('pods').range('d/', 'd/a')].map((c) => c.key),
      ['d/b', 'd/c'],
    );
    const cached = cache.resource('pods').get('d/a');
    assert.deepEqual(JSON.parse(cached?.bytes.toString() ?? ''), cached?.object);
    assert.equal(cached?.object.metadata.resourceVersion, String(cached?.revision));
  });
});

test('a write outside the prefix holds no consistent read up', async () => {
  await withCache(async (cache) => {
    await store.create('/elsewhere', Buffer.from('x'));
    const start = Date.now();
    await cache.consistent();
    assert.ok(Date.now() - start < 2000);
  });
});

test('our own write is shared with the log without parsing it', async () => {
  await withCache(async (cache) => {
    const object = pod('own');
    const stored = encodeObject(object);
    const revision = await store.create('/registry/pods/d/own', stored);
    const cached = cache.wrote('pods', 'd/own', object, stored, revision);
    await cache.consistent();
    assert.equal(cache.resource('pods').get('d/own'), cached);
  });
});

test('watches start in the past, follow an index, and share their bytes', async () => {
  await withCache(async (cache) => {
    const start = cache.revision;
    const created = await put('moving', 'n1');
    await cache.consistent();
    const seen: Record<string, string[]> = { all: [], n1: [], n2: [] };
    const frames: Buffer[] = [];
    const watcher = (name: string): { deliver(e: CacheEvent): void; expired(): void } => ({
      deliver(event) {
        seen[name]?.push(event.current ? nodeOf(event.current.object) : 'gone');
        frames.push(watchFrame(event, 'MODIFIED'));
      },
      expired: () => undefined,
    });
    const pods = cache.resource('pods');
    const ends = [
      pods.watch(watcher('all'), start),
      pods.watch(watcher('n1'), start, { index: { name: 'node', value: 'n1' } }),
      pods.watch(watcher('n2'), start, { index: { name: 'node', value: 'n2' } }),
    ];
    const moved = await store.update('/registry/pods/d/moving', encodeObject(pod('moving', 'n2')), created);
    await store.delete('/registry/pods/d/moving', moved);
    await cache.consistent();
    assert.deepEqual(seen, { all: ['n1', 'n2', 'gone'], n1: ['n1', 'n2'], n2: ['n2', 'gone'] });
    assert.equal(new Set(frames).size, 3, 'one frame an event');
    for (const end of ends) end();
    assert.equal(pods.watchers, 0);
    assert.throws(
      () => pods.watch(watcher('all'), 1),
      (e) => isStatus(e, 'Expired') && /^too old resource version: 1 \(\d+\)$/.test(e.message),
    );
  });
});

test('a thousand watchers see the same sequence, also across an etcd that was killed', async () => {
  await withCache(async (cache) => {
    const start = cache.revision;
    const sequences = Array.from({ length: 1000 }, () => [] as number[]);
    for (const sequence of sequences)
      cache.resource('pods').watch({ deliver: (e) => sequence.push(e.revision), expired: () => sequence.push(-1) }, start);
    const written: number[] = [];
    for (let i = 0; i < 20; i++) written.push(await put(`many-${i}`));
    await etcd.kill();
    await etcd.start();
    for (let i = 20; i < 40; i++) written.push(await put(`many-${i}`));
    await cache.consistent();
    for (const sequence of sequences) assert.deepEqual(sequence, written);
  });
});
