import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DedupeQueue } from './dedupe-queue.ts';

test('an item waits once, and items come out in the order they were first added', async () => {
  const queue = new DedupeQueue<string>();
  for (const item of ['a', 'b', 'a', 'c', 'b']) queue.add(item);
  assert.equal(queue.length, 3);
  assert.deepEqual([await queue.take(), await queue.take(), await queue.take()], ['a', 'b', 'c']);
});

test('an item added while it is worked on comes out once more, and only after done', async () => {
  const queue = new DedupeQueue<string>();
  queue.add('a');
  await queue.take();
  queue.add('a');
  queue.add('a');
  assert.equal(queue.length, 0);
  const next = queue.take();
  queue.done('a');
  assert.equal(await next, 'a');
  queue.done('a');
  assert.equal(queue.length, 0);
});

test('a waiting take is served by the next add, in the order the takes came', async () => {
  const queue = new DedupeQueue<string>();
  const takes = [queue.take(), queue.take()];
  queue.add('a');
  queue.add('b');
  assert.deepEqual(await Promise.all(takes), ['a', 'b']);
});

test('close ends waiting takers and drops what waits, also what an ongoing work would have brought back', async () => {
  const queue = new DedupeQueue<string>();
  queue.add('a');
  await queue.take();
  queue.add('a');
  const waiting = queue.take();
  queue.close();
  queue.add('b');
  assert.equal(await waiting, undefined);
  queue.done('a');
  assert.equal(queue.length, 0);
  assert.equal(await queue.take(), undefined);
});

test('100,000 items pass in no more than linear time', async () => {
  const queue = new DedupeQueue<number>();
  for (let i = 0; i < 100_000; i++) queue.add(i);
  for (let i = 0; i < 100_000; i++) {
    assert.equal(await queue.take(), i);
    queue.done(i);
  }
  assert.equal(queue.length, 0);
});
