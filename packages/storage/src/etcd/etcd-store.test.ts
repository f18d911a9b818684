/** The promises of store.ts, on a real etcd. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Compacted, KeyExists, RevisionMismatch, type StoreEvent, StoreUnavailable, ValueTooLarge } from '../store.ts';
import { type EtcdProcess, startEtcd } from './etcd-process.ts';
import { EtcdStore } from './etcd-store.ts';

let etcd: EtcdProcess;
let store: EtcdStore;
before(async () => {
  etcd = await startEtcd();
  store = new EtcdStore({ endpoints: [etcd.endpoint], timeout: 2000 });
});
after(async () => {
  store.close();
  await etcd.stop();
});

const bytes = (text: string): Buffer => Buffer.from(text);
/** Collects a watch's events until `count` have come. */
async function collect(prefix: string, after: number, count: number): Promise<StoreEvent[]> {
  const events: StoreEvent[] = [];
  const abort = new AbortController();
  const watching = store.watch({
    prefix,
    after,
    signal: abort.signal,
    handler: { events: (batch) => events.push(...batch) > 0 && events.length >= count && abort.abort() },
  });
  await Promise.race([watching, delay(10_000, undefined, { ref: false })]);
  abort.abort();
  return events;
}

test('writes happen only to the version the caller believes in', async () => {
  const first = await store.create('/a/1', bytes('x'));
  await assert.rejects(store.create('/a/1', bytes('y')), KeyExists);
  const second = await store.update('/a/1', bytes('y'), first);
  assert.ok(second > first);
  await assert.rejects(
    store.update('/a/1', bytes('z'), first),
    (e) => e instanceof RevisionMismatch && e.current?.value.toString() === 'y' && e.current.revision === second,
  );
  await assert.rejects(store.delete('/a/1', first), RevisionMismatch);
  assert.ok((await store.delete('/a/1', second)) > second);
  await assert.rejects(store.update('/a/1', bytes('z'), second), (e) => e instanceof RevisionMismatch && e.current === undefined);
  assert.equal(await store.get('/a/1'), undefined);
});

test('of concurrent writers one wins each round', async () => {
  const start = await store.create('/race', bytes('0'));
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => store.update('/race', bytes(String(i)), start)));
  assert.equal(results.filter((r) => r.status === 'fulfilled').length, 1);
});

test('pages are of one revision and end where the prefix ends', async () => {
  for (const key of ['/p/a', '/p/b', '/p/c', '/pz']) await store.create(key, bytes(key));
  const first = await store.list('/p/', { limit: 2 });
  assert.deepEqual([first.items.map((i) => i.key), first.more], [['/p/a', '/p/b'], true]);
  await store.create('/p/bb', bytes('late'));
  const rest = await store.list('/p/', { limit: 2, from: '/p/b\0', revision: first.revision });
  assert.deepEqual([rest.items.map((i) => i.key), rest.more], [['/p/c'], false]);
});

test('a watch tells everything after its start, across an etcd that was killed', async () => {
  const start = await store.create('/w/1', bytes('1'));
  const collected = collect('/w/', start, 3);
  const second = await store.update('/w/1', bytes('2'), start);
  await etcd.kill();
  await assert.rejects(store.get('/w/1'), StoreUnavailable);
  await etcd.start();
  assert.equal((await store.get('/w/1'))?.revision, second, 'what was acknowledged is there');
  const third = await store.update('/w/1', bytes('3'), second);
  await store.delete('/w/1', third);
  assert.deepEqual(
    (await collected).map((e) => (e.type === 'put' ? e.value.toString() : 'gone')),
    ['2', '3', 'gone'],
  );
});

test('the past ends with compaction', async () => {
  const start = await store.create('/c/1', bytes('1'));
  const last = await store.update('/c/1', bytes('2'), start);
  await store.compact(last);
  await assert.rejects(store.list('/c/', { revision: start }), Compacted);
  await assert.rejects(
    store.watch({ prefix: '/c/', after: start - 1, signal: AbortSignal.timeout(5000), handler: { events: () => undefined } }),
    Compacted,
  );
});

test('values expire with their lease, values too large are refused', async () => {
  await store.create('/ttl', bytes('x'), { ttlSeconds: 100 });
  assert.equal((await store.get('/ttl'))?.value.toString(), 'x');
  await assert.rejects(store.create('/big', Buffer.alloc(2_000_000)), ValueTooLarge);
});
