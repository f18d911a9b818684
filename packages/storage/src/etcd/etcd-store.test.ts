/** The promises of store.ts, on a real etcd. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Compacted, KeyExists, RevisionMismatch, StoreUnavailable, ValueTooLarge } from '../store.ts';
import { compactOnce } from './compactor.ts';
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

test('pages are of one revision and end where the prefix ends', async () => {
  for (const key of ['/p/a', '/p/b', '/p/c', '/pz']) await store.create(key, bytes(key));
  const first = await store.list('/p/', { limit: 2 });
  assert.deepEqual([first.items.map((i) => i.key), first.more, first.count], [['/p/a', '/p/b'], true, 3]);
  await store.create('/p/bb', bytes('late'));
  const rest = await store.list('/p/', { limit: 2, from: '/p/b\0', revision: first.revision });
  assert.deepEqual([rest.items.map((i) => i.key), rest.more, rest.count], [['/p/c'], false, 1]);
});

test('an etcd that is away is told fast, what it acknowledged is there when it is back, and nothing needs a restart', async () => {
  const revision = await store.create('/away', bytes('1'));
  await etcd.kill();
  const start = Date.now();
  for (let i = 0; i < 5; i++) await assert.rejects(store.update('/away', bytes('2'), revision), StoreUnavailable);
  assert.ok(Date.now() - start < 2500, `${Date.now() - start} ms`);
  await etcd.start();
  while (!(await store.get('/away').catch((error: unknown) => void assert.ok(error instanceof StoreUnavailable)))) await delay(20);
  assert.ok(Date.now() - start < 10_000, `${Date.now() - start} ms`);
  assert.equal((await store.get('/away'))?.revision, revision);
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

test('values with a lifetime are stored, values too large are refused', async () => {
  await store.create('/ttl', bytes('x'), { ttlSeconds: 100 });
  assert.equal((await store.get('/ttl'))?.value.toString(), 'x');
  await assert.rejects(store.create('/big', Buffer.alloc(2_000_000)), ValueTooLarge);
});

test('compactors of several servers take turns: each round drops once what the round before saw', async () => {
  const start = await store.create('/k/1', bytes('1'));
  const [a, b] = [await compactOnce(store, undefined), await compactOnce(store, undefined)];
  const last = await store.update('/k/1', bytes('2'), start);
  assert.equal((await store.list('/k/', { revision: start })).items.length, 1, 'the first round drops nothing');
  const next = await compactOnce(store, a);
  await assert.rejects(store.list('/k/', { revision: start - 1 }), Compacted);
  const written = await store.get('compact_rev_key');
  assert.equal(written?.value.toString(), String(a.revision), 'the key names the revision compacted to, as upstream reads it');
  await compactOnce(store, b);
  assert.equal((await store.get('compact_rev_key'))?.revision, written?.revision, 'the other one came second and left it');
  assert.equal((await store.list('/k/', { revision: last })).items.length, 1);
  assert.ok(next.revision >= last);
});
