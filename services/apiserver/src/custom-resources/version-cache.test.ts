import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { type CachedObject, encodeObject, ResourceCache, Version } from '@t8s/storage';
import { VersionCache } from './version-cache.ts';

type Shown = readonly CachedObject[];

const version = (name: string, revision: number, spec = ''): CachedObject => {
  const object = { apiVersion: 'a/v1', kind: 'A', metadata: { name }, spec };
  return new Version({ key: name, revision, stored: encodeObject(object), object, type: 'ADDED' });
};
const converted = (stored: Shown): Shown => stored.map(({ key, revision }) => version(key, revision, 'converted'));

/** A cache of what is stored, with `a` made before anybody looks, and conversions that wait for the test. */
function world(options: { clock?: FakeClock; isCheap?: boolean; convert?: (stored: Shown) => Shown | Promise<Shown> } = {}): {
  put(name: string): void;
  remove(name: string): void;
  cache: VersionCache;
} {
  const source = new ResourceCache(1);
  let revision = 1;
  const put = (name: string): void => {
    revision += 1;
    source.apply(name, version(name, revision), revision);
  };
  put('a');
  const cache = new VersionCache({ source: () => source, revision: () => revision, convert: converted, isCheap: true, ...options });
  return {
    put,
    remove: (name) => {
      revision += 1;
      source.apply(name, undefined, revision);
    },
    cache,
  };
}

const namesIn = (cache: ResourceCache): string[] => [...cache.range()].map(({ key }) => key);
const specOf = (cached: CachedObject | undefined): unknown => (cached?.object as { spec?: string } | undefined)?.spec;

test('shows what is stored, converted, and every change at once; watches may begin in the past', async () => {
  const { put, remove, cache } = world();
  const read = await cache.read();
  const shown = read.cache;
  assert.equal(specOf(shown.get('a')), 'converted');
  const told: string[] = [];
  shown.watch(
    {
      deliver: ({ current, previous }) => told.push(`${current?.key ?? '-'} ${specOf(previous) ?? ''}`),
      expired: () => told.push('expired'),
    },
    1,
  );
  put('b');
  remove('a');
  assert.deepEqual(told, ['a ', 'b ', '- converted']);
  assert.deepEqual([namesIn(shown), read.revision()], [['b'], 4]);
  cache.end();
  assert.equal(told.at(-1), 'expired');
  put('c');
  assert.deepEqual(namesIn(shown), ['b'], 'it no longer follows');
  assert.deepEqual(namesIn((await cache.read()).cache), ['b', 'c']);
});

test('conversions that take time: changes stay in order, a reader sees what there was when it asked, and no more is claimed', async () => {
  const waiting: (() => void)[] = [];
  const asked: string[][] = [];
  const convert = (stored: Shown): Promise<Shown> => {
    asked.push(stored.map(({ key }) => key));
    return new Promise((resolve) => waiting.push(() => resolve(converted(stored))));
  };
  const { put, cache } = world({ isCheap: false, convert });
  const reading = cache.read();
  put('b');
  put('c');
  const later = cache.read();
  waiting.shift()?.();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked, [['a'], ['b', 'c']], 'what came meanwhile is asked for at once');
  waiting.shift()?.();
  const shown = await reading;
  assert.equal((await later).cache, shown.cache);
  assert.deepEqual([namesIn(shown.cache), shown.revision()], [['a', 'b', 'c'], 4]);
  put('d');
  assert.deepEqual([namesIn(shown.cache), shown.revision()], [['a', 'b', 'c'], 4]);
  waiting.shift()?.();
  await cache.read();
  assert.deepEqual([namesIn(shown.cache), shown.revision()], [['a', 'b', 'c', 'd'], 5]);
});

test('what nobody reads or watches is not converted for long; what is watched is', async () => {
  const clock = new FakeClock();
  let asked = 0;
  const convert = async (stored: Shown): Promise<Shown> => {
    asked += stored.length;
    return converted(stored);
  };
  const { put, cache } = world({ isCheap: false, convert, clock });
  const first = await cache.read();
  const stop = first.cache.watch({ deliver: () => undefined, expired: () => assert.fail('it is watched') }, 2);
  await clock.advance(120_000);
  put('b');
  await cache.read();
  assert.equal(asked, 2);
  stop();
  await clock.advance(120_000);
  put('c');
  put('d');
  assert.equal(asked, 2, 'nobody wants to know');
  assert.deepEqual(namesIn((await cache.read()).cache), ['a', 'b', 'c', 'd']);
});

test('a failure is told to who reads, ends who watches, and the next reader begins anew', async () => {
  let fails = false;
  const convert = async (stored: Shown): Promise<Shown> => {
    if (fails) throw new Error('no answer');
    return converted(stored);
  };
  const { put, cache } = world({ isCheap: false, convert });
  const { cache: shown } = await cache.read();
  let ended = false;
  shown.watch({ deliver: () => undefined, expired: () => (ended = true) }, 2);
  fails = true;
  put('b');
  await assert.rejects(cache.read(), /no answer/);
  assert.ok(ended);
  await assert.rejects(cache.read(), /no answer/);
  fails = false;
  assert.deepEqual(namesIn((await cache.read()).cache), ['a', 'b']);
});
