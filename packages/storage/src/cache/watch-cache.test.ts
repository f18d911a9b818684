/** What the watch cache adds to the conformance suite: sharing, indexes, and starting over. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isStatus, type KubeObject } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import { type EtcdProcess, startEtcd } from '../etcd/etcd-process.ts';
import { EtcdStore } from '../etcd/etcd-store.ts';
import { encodeObject } from '../object-bytes.ts';
import type { Store } from '../store.ts';
import { watchFrame } from './cached-object.ts';
import type { Watcher } from './resource-cache.ts';
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

async function withCache(use: (cache: WatchCache) => Promise<void>, over: Store = store): Promise<void> {
  const cache = new WatchCache({ store: over, prefix: '/registry/', resources: { pods: { node: nodeOf }, nodes: {} }, log: silentLogger });
  const abort = new AbortController();
  const running = cache.run(abort.signal);
  await cache.consistent();
  try {
    await use(cache);
  } finally {
    abort.abort();
    await running;
  }
}

test('a write outside the prefix holds no consistent read up', async () => {
  await withCache(async (cache) => {
    await store.create('/elsewhere', Buffer.from('x'));
    const start = Date.now();
    await cache.consistent();
    assert.ok(Date.now() - start < 2000);
  });
});

test('resources of groups come with their first key or reader, and a watch from before either misses nothing', async () => {
  const book = (name: string): Promise<number> =>
    store.create(`/registry/example.com/books/d/${name}`, encodeObject({ metadata: { name, namespace: 'd' } }));
  await book('early');
  await withCache(async (cache) => {
    assert.deepEqual(
      [...cache.resource('example.com/books').range()].map(({ key }) => key),
      ['d/early'],
    );
    const start = cache.revision;
    await store.create('/registry/example.com/pens/red', encodeObject({ metadata: { name: 'red' } }));
    await book('late');
    await cache.consistent();
    const told: string[] = [];
    const watcher: Watcher = { deliver: ({ current }) => told.push(current?.key ?? ''), expired: () => assert.fail() };
    for (const name of ['books', 'pens', 'unheard-of']) cache.resource(`example.com/${name}`).watch(watcher, start);
    assert.deepEqual(told, ['d/late', 'red']);
    assert.throws(
      () => cache.resource('unknown'),
      (e) => isStatus(e, 'ServiceUnavailable'),
    );
  });
});

test('our own writes are shared with the log and never parsed, whoever comes first: answer or event', async () => {
  await withCache(async (cache) => {
    for (const isEventFirst of [false, true]) {
      const object = pod(`own-${isEventFirst}`);
      const write = { key: `/registry/pods/d/own-${isEventFirst}`, object, stored: encodeObject(object) };
      const cached = await cache.write(write, async () => {
        const revision = await store.create(write.key, write.stored);
        if (isEventFirst) await cache.waitFor(revision);
        return revision;
      });
      await cache.consistent();
      assert.equal(cache.resource('pods').get(`d/own-${isEventFirst}`), cached);
      assert.equal(cached.object, object, 'the very object, not a copy');
      assert.equal(object.metadata.resourceVersion, String(cached.revision));
    }
  });
});

test('an answer shows what was written, though others have written since', async () => {
  await withCache(async (cache) => {
    const object = pod('overtaken');
    const write = { key: '/registry/pods/d/overtaken', object, stored: encodeObject(object) };
    const cached = await cache.write(write, async () => {
      const revision = await store.create(write.key, write.stored);
      await cache.waitFor(await store.update(write.key, encodeObject(pod('overtaken', 'n9')), revision));
      return revision;
    });
    assert.equal(nodeOf(cached.object), '');
    assert.equal(nodeOf(cache.resource('pods').get('d/overtaken')?.object ?? pod('')), 'n9');
  });
});

test('watches follow an index and share their bytes; a past that was dropped is refused', async () => {
  await withCache(async (cache) => {
    const start = cache.revision;
    const created = await put('moving', 'n1');
    await cache.consistent();
    const seen: Record<string, string[]> = { all: [], n1: [], n2: [] };
    const frames: Buffer[] = [];
    const watcher = (name: string): Watcher => ({
      deliver(event) {
        seen[name]?.push(event.current ? nodeOf(event.current.object) : 'gone');
        frames.push(watchFrame(event, event.current ? (event.previous ? 'MODIFIED' : 'ADDED') : 'DELETED'));
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
    const gone = await store.delete('/registry/pods/d/moving', moved);
    await cache.consistent();
    assert.deepEqual(seen, { all: ['n1', 'n2', 'gone'], n1: ['n1', 'n2'], n2: ['n2', 'gone'] });
    assert.equal(new Set(frames).size, 3, 'one frame an event');
    assert.deepEqual(
      [...new Set(frames)]
        .map((frame) => JSON.parse(frame.toString()) as { type: string; object: KubeObject })
        .map((e) => [e.type, e.object.metadata.resourceVersion]),
      [
        ['ADDED', String(created)],
        ['MODIFIED', String(moved)],
        ['DELETED', String(gone)],
      ],
    );
    for (const end of ends) end();
    assert.equal(pods.watchers, 0);
    assert.throws(
      () => pods.watch(watcher('all'), 1),
      (e) => isStatus(e, 'Expired') && /^too old resource version: 1 \(\d+\)$/.test(e.message),
    );
  });
});

test('a thousand watchers see the same sequence', async () => {
  await withCache(async (cache) => {
    const sequences = Array.from({ length: 1000 }, () => [] as number[]);
    for (const sequence of sequences)
      cache.resource('pods').watch({ deliver: (e) => sequence.push(e.revision), expired: () => sequence.push(-1) }, cache.revision);
    const written = await Promise.all(Array.from({ length: 40 }, (_, i) => put(`many-${i}`)));
    await cache.consistent();
    for (const sequence of sequences)
      assert.deepEqual(
        sequence,
        written.toSorted((a, b) => a - b),
      );
  });
});

test('values that are no objects are passed over; what another program has laid out differently is served right', async () => {
  await store.create('/registry/pods/d/broken', Buffer.from('\u0000k8s'));
  await store.create('/registry/pods/d/foreign', Buffer.from('{ "spec": {"metadata":{"a":1}}, "metadata": {"name":"foreign"} }'));
  await withCache(async (cache) => {
    const pods = cache.resource('pods');
    assert.equal(pods.get('d/broken'), undefined);
    const foreign = pods.get('d/foreign');
    assert.deepEqual(JSON.parse(foreign?.bytes.toString() ?? ''), foreign?.object);
    const revision = await store.create('/registry/pods/d/broken-2', Buffer.from('{"metadata":'));
    await cache.waitFor(revision);
  });
});

test('a log compacted past the cache is read again, and its watchers are told', async () => {
  const watches: { after: number; abort: AbortController }[] = [];
  /** The store with watches that a test can break and delay. */
  let gate: Promise<void> = Promise.resolve();
  const breakable: Store = Object.assign(Object.create(store) as Store, {
    get: store.get.bind(store),
    list: store.list.bind(store),
    currentRevision: store.currentRevision.bind(store),
    async watch(options: Parameters<Store['watch']>[0]) {
      for (let { after: from } = options; !options.signal.aborted; ) {
        await gate;
        const abort = new AbortController();
        watches.push({ after: from, abort });
        const handler = {
          events: (events: Parameters<typeof options.handler.events>[0]) => {
            from = events.at(-1)?.revision ?? from;
            options.handler.events(events);
          },
        };
        await store.watch({ ...options, after: from, handler, signal: AbortSignal.any([abort.signal, options.signal]) });
      }
    },
  });
  await withCache(async (cache) => {
    let told = 0;
    cache.resource('pods').watch({ deliver: () => undefined, expired: () => told++ }, cache.revision);
    let open: (() => void) | undefined;
    while (watches.length === 0) await delay(1);
    gate = new Promise((resolve) => {
      open = resolve;
    });
    watches.at(-1)?.abort.abort();
    const created = await put('missed');
    const last = await store.update('/registry/pods/d/missed', encodeObject(pod('missed', 'n1')), created);
    await store.compact(last);
    open?.();
    await cache.waitFor(last);
    while (told === 0) await delay(5);
    assert.equal(told, 1);
    assert.equal(nodeOf(cache.resource('pods').get('d/missed')?.object ?? pod('')), 'n1');
  }, breakable);
});

test('a store that was put back to an earlier state is noticed by the next consistent read', async () => {
  const fresh = await startEtcd();
  let current = store;
  const swapped = new EtcdStore({ endpoints: [fresh.endpoint] });
  const following: Store = {
    get: (key) => current.get(key),
    list: (...args) => current.list(...args),
    currentRevision: () => current.currentRevision(),
    create: (...args) => current.create(...args),
    update: (...args) => current.update(...args),
    delete: (...args) => current.delete(...args),
    watch: (options) => current.watch(options),
    close: () => undefined,
  };
  try {
    await swapped.create('/registry/pods/d/restored', encodeObject(pod('restored')));
    await withCache(async (cache) => {
      current = swapped;
      await cache.consistent();
      assert.deepEqual(
        [...cache.resource('pods').range()].map((c) => c.key),
        ['d/restored'],
      );
    }, following);
  } finally {
    swapped.close();
    await fresh.stop();
  }
});
