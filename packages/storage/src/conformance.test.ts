/**
 * What readers are promised, by etcd itself and by the watch cache: the same suite for both. Writes go through a store of
 * their own, as another apiserver's would.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isStatus, type KubeObject } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import type { CacheEvent } from './cache/cached-object.ts';
import { WatchCache } from './cache/watch-cache.ts';
import { type EtcdProcess, startEtcd } from './etcd/etcd-process.ts';
import { EtcdStore } from './etcd/etcd-store.ts';
import { decodeObject, encodeObject } from './object-bytes.ts';
import { Compacted, KeyExists, RevisionMismatch } from './store.ts';

/** What a reader sees of an object. */
interface Seen {
  name: string;
  revision: number;
}
interface Change extends Seen {
  type: 'put' | 'delete';
}
interface Reader {
  get(name: string): Promise<Seen | undefined>;
  /** Names in the namespace that come after one of them. */
  list(namespace: string, after?: string): Promise<Seen[]>;
  /** Tells changes of a namespace. Returns how to end it. Throws 'too old'. */
  watch(options: { namespace: string; after: number; tell: (change: Change) => void }): Promise<() => void>;
  close(): Promise<void>;
}

const resource = 'pods';
const keyOf = (name: string): string => `/registry/${resource}/${name}`;

function etcdReader(endpoint: string): Promise<Reader> {
  const store = new EtcdStore({ endpoints: [endpoint] });
  const base = keyOf('');
  return Promise.resolve({
    async get(name) {
      const found = await store.get(keyOf(name));
      return found && { name, revision: found.revision };
    },
    async list(namespace, from) {
      const page = await store.list(keyOf(`${namespace}/`), { ...(from !== undefined && { from: `${keyOf(from)}\0` }) });
      return page.items.map(({ key, value, revision }) => {
        assert.equal(decodeObject(value, revision).metadata.resourceVersion, String(revision));
        return { name: key.slice(base.length), revision };
      });
    },
    async watch({ namespace, after: start, tell }) {
      const abort = new AbortController();
      const watching = store.watch({
        prefix: keyOf(`${namespace}/`),
        after: start,
        signal: abort.signal,
        handler: {
          events: (events) => {
            for (const { key, revision, type } of events) tell({ name: key.slice(base.length), revision, type });
          },
        },
      });
      // A start that is too old is told at once; silence means that it goes on.
      await Promise.race([watching, new Promise((resolve) => setTimeout(resolve, 300))]).catch((error: unknown) => {
        throw error instanceof Compacted ? new Error('too old') : error;
      });
      return () => abort.abort();
    },
    async close() {
      store.close();
    },
  });
}

async function cacheReader(endpoint: string): Promise<Reader> {
  const store = new EtcdStore({ endpoints: [endpoint] });
  const cache = new WatchCache({ store, prefix: '/registry/', resources: { [resource]: {} }, log: silentLogger });
  const abort = new AbortController();
  const running = cache.run(abort.signal);
  await cache.consistent();
  const objects = () => cache.resource(resource);
  return {
    async get(name) {
      await cache.consistent();
      const found = objects().get(name);
      return found && { name, revision: found.revision };
    },
    async list(namespace, from) {
      await cache.consistent();
      return [...objects().range(`${namespace}/`, from)].map(({ key, revision, bytes, object }) => {
        assert.deepEqual(JSON.parse(bytes.toString()), object);
        assert.equal(object.metadata.resourceVersion, String(revision));
        return { name: key, revision };
      });
    },
    async watch({ namespace, after: start, tell }) {
      const deliver = ({ current, previous, revision }: CacheEvent): void =>
        tell({ name: (current ?? previous)?.key ?? '', revision, type: current ? 'put' : 'delete' });
      try {
        return objects().watch({ deliver, expired: () => assert.fail('expired') }, start, { prefix: `${namespace}/` });
      } catch (error) {
        throw isStatus(error, 'Expired') ? new Error('too old') : error;
      }
    },
    async close() {
      abort.abort();
      await running;
      store.close();
    },
  };
}

for (const [name, open] of [
  ['etcd', etcdReader],
  ['the watch cache', cacheReader],
] as const)
  describe(`reads from ${name}`, () => {
    let etcd: EtcdProcess;
    let writer: EtcdStore;
    let reader: Reader;
    before(async () => {
      etcd = await startEtcd();
      writer = new EtcdStore({ endpoints: [etcd.endpoint] });
      reader = await open(etcd.endpoint);
    });
    after(async () => {
      await reader.close();
      writer.close();
      await etcd.stop();
    });

    const object = (path: string, data = ''): Buffer => {
      const [namespace = '', podName = ''] = path.split('/');
      return encodeObject({ kind: 'Pod', apiVersion: 'v1', metadata: { namespace, name: podName }, data } as KubeObject);
    };
    const create = (path: string): Promise<number> => writer.create(keyOf(path), object(path));
    /** Watches until `count` changes have come. */
    const changes = async (namespace: string, start: number, count: number): Promise<{ seen: Promise<Change[]> }> => {
      const seen: Change[] = [];
      let done: (() => void) | undefined;
      const full = new Promise<void>((resolve) => {
        done = resolve;
      });
      const tell = (change: Change): void => {
        if (seen.push(change) === count) done?.();
      };
      const stop = await reader.watch({ namespace, after: start, tell });
      return {
        seen: full.then(() => {
          stop();
          return seen;
        }),
      };
    };

    test('show every write acknowledged before them', async () => {
      const revision = await create('get/a');
      assert.deepEqual(await reader.get('get/a'), { name: 'get/a', revision });
      const second = await writer.update(keyOf('get/a'), object('get/a', 'b'), revision);
      assert.deepEqual(await reader.get('get/a'), { name: 'get/a', revision: second });
      await writer.delete(keyOf('get/a'), second);
      assert.equal(await reader.get('get/a'), undefined);
    });

    test('list a namespace in key order, from where the page before ended, and nothing beside it', async () => {
      for (const path of ['list/c', 'list/a', 'list-2/a', 'lis/t', 'list/b', 'list0/a']) await create(path);
      assert.deepEqual(
        (await reader.list('list')).map((o) => o.name),
        ['list/a', 'list/b', 'list/c'],
      );
      assert.deepEqual(
        (await reader.list('list', 'list/a')).map((o) => o.name),
        ['list/b', 'list/c'],
      );
      assert.deepEqual(await reader.list('nothing'), []);
    });

    test('watches tell every change after their start in order, past and to come, and none of elsewhere', async () => {
      const first = await create('watch/a');
      const second = await create('watch/b');
      await reader.get('watch/b');
      const { seen } = await changes('watch', first, 4);
      await create('watch-2/a');
      const third = await writer.update(keyOf('watch/a'), object('watch/a', 'x'), first);
      const fourth = await writer.delete(keyOf('watch/a'), third);
      const fifth = await create('watch/a');
      assert.deepEqual(await seen, [
        { name: 'watch/b', revision: second, type: 'put' },
        { name: 'watch/a', revision: third, type: 'put' },
        { name: 'watch/a', revision: fourth, type: 'delete' },
        { name: 'watch/a', revision: fifth, type: 'put' },
      ]);
    });

    test('of two stores that race, one wins each round, and a watch tells the winners', async () => {
      const other = new EtcdStore({ endpoints: [etcd.endpoint] });
      try {
        const start = await writer.currentRevision();
        await reader.list('race');
        const { seen } = await changes('race', start, 21);
        const wins: number[] = [];
        for (let round = 0, revision = 0; round <= 20; round++) {
          const tries = [writer, other].map((store) =>
            round === 0
              ? store.create(keyOf('race/a'), object('race/a'))
              : store.update(keyOf('race/a'), object('race/a', String(round)), revision),
          );
          const results = await Promise.allSettled(tries);
          const [won, ...others] = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []));
          assert.ok(won !== undefined && others.length === 0);
          for (const lost of results)
            if (lost.status === 'rejected')
              assert.ok(lost.reason instanceof (round === 0 ? KeyExists : RevisionMismatch), String(lost.reason));
          revision = won;
          wins.push(won);
        }
        assert.deepEqual(
          (await seen).map((c) => c.revision),
          wins,
        );
      } finally {
        other.close();
      }
    });

    test('watches lose nothing when etcd is killed and comes back', async () => {
      const start = await create('kill/0');
      await reader.get('kill/0');
      const { seen } = await changes('kill', start, 40);
      const written: number[] = [];
      for (let i = 1; i <= 20; i++) written.push(await create(`kill/${i}`));
      await etcd.kill();
      await etcd.start();
      for (let i = 21; i <= 40; i++) written.push(await untilServed(() => create(`kill/${i}`)));
      assert.deepEqual(
        (await seen).map((c) => c.revision),
        written,
      );
      assert.equal((await reader.list('kill')).length, 41);
    });

    test('watches of a past that is gone are refused', async () => {
      const start = await create('gone/a');
      const last = await writer.update(keyOf('gone/a'), object('gone/a', 'x'), start);
      await writer.compact(last);
      // The cache keeps its own past: only what is before its own start is gone for it.
      await assert.rejects(
        reader.watch({ namespace: 'gone', after: name === 'etcd' ? start - 1 : 0, tell: () => undefined }),
        /^Error: too old$/,
      );
    });
  });

/** The connection takes a moment to come back; a create that was refused has not happened. */
async function untilServed<T>(work: () => Promise<T>): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end || (error as Error).name !== 'StoreUnavailable') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
