import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SortedKeys } from './sorted-keys.ts';

test('keys stay in order through thousands of insertions and deletions, and every range of them is whole', () => {
  const keys = new SortedKeys();
  let all: string[] = [];
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const make = (): string => `${'abc'[random(3)]}/${random(100_000)}`;
  const agree = (): void => {
    for (const prefix of ['', 'a/', 'b/', 'b/1', 'c/', 'd/'])
      for (const after of [undefined, 'a/5', all[random(all.length)], all.at(-1), 'z']) {
        const expected = all.filter((key) => key.startsWith(prefix) && key > (after ?? ''));
        assert.deepEqual([...keys.range(prefix, after)], expected);
        assert.equal(keys.count(prefix, after), expected.length);
      }
  };
  agree();
  const insert = (count: number): void => {
    const added = [...new Set(Array.from({ length: count }, make))].filter((key) => !all.includes(key));
    for (const key of added) keys.add(key);
    all = [...all, ...added].sort();
    agree();
  };
  insert(3000);
  while (all.length > 0) {
    const gone = new Set([...all.filter(() => random(2) === 0), ...all.slice(0, 300)]);
    for (const key of [...gone, 'nobody']) keys.delete(key);
    all = all.filter((key) => !gone.has(key));
    agree();
  }
  insert(600);
});
