import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '@t8s/testkit';
import { SortedKeys } from './sorted-keys.ts';

test('keys stay in order through thousands of insertions and deletions, and every range of them is whole', () => {
  const keys = new SortedKeys();
  let all: string[] = [];
  const random = new Random(1);
  const make = (): string => `${random.of(['a', 'b', 'c'])}/${random.below(100_000)}`;
  const agree = (): void => {
    for (const prefix of ['', 'a/', 'b/', 'b/1', 'c/', 'd/'])
      for (const after of [undefined, 'a/5', all[random.below(all.length)], all.at(-1), 'z']) {
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
    const gone = new Set([...all.filter(() => random.isIn(0.5)), ...all.slice(0, 300)]);
    for (const key of [...gone, 'nobody']) keys.delete(key);
    all = all.filter((key) => !gone.has(key));
    agree();
  }
  insert(600);
});
