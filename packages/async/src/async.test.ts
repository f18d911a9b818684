import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from './backoff.ts';
import { sleep } from './clock.ts';
import { FakeClock } from './fake-clock.ts';
import { Heap } from './heap.ts';

test('a heap gives its items in order', () => {
  const heap = new Heap<number>((a, b) => a < b);
  const items = Array.from({ length: 200 }, (_, i) => (i * 7919) % 211);
  for (const item of items) heap.push(item);
  const out = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) out.push(item);
  assert.deepEqual(
    out,
    items.sort((a, b) => a - b),
  );
});

test('backoff doubles to its cap and starts over', () => {
  const backoff = new Backoff({ base: 100, cap: 500, jitter: 0.5, random: () => 1 });
  assert.deepEqual([backoff.next(), backoff.next(), backoff.next(), backoff.next()], [150, 300, 600, 750]);
  backoff.reset();
  assert.equal(backoff.next(), 150);
});

test('sleep ends with its clock or its signal', async () => {
  const clock = new FakeClock();
  let done = false;
  void sleep(1000, { clock }).then(() => {
    done = true;
  });
  await clock.advance(999);
  assert.equal(done, false);
  await clock.advance(1);
  assert.equal(done, true);
  const abort = new AbortController();
  const sleeping = sleep(1000, { clock, signal: abort.signal });
  abort.abort(new Error('enough'));
  await assert.rejects(sleeping, /enough/);
  assert.equal(clock.pending, 0);
});
