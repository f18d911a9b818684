import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { ItemBackoff } from './rate-limiter.ts';
import { TokenBucket } from './token-bucket.ts';
import { WorkQueue } from './work-queue.ts';

test('a waiting key is handed out once, one in work again when it is done', async () => {
  const queue = new WorkQueue();
  queue.add('a');
  queue.add('a');
  assert.equal(await queue.take(), 'a');
  queue.add('a');
  queue.add('b');
  assert.equal(await queue.take(), 'b');
  assert.equal(queue.length, 0, 'a is not handed to a second worker');
  queue.done('a');
  assert.equal(await queue.take(), 'a');
});

test('takers wait, and end with the queue', async () => {
  const queue = new WorkQueue();
  const first = queue.take();
  const second = queue.take();
  queue.add('a');
  assert.equal(await first, 'a');
  queue.close();
  assert.equal(await second, undefined);
  assert.equal(await queue.take(), undefined);
});

test('the earliest delay of a key counts', async () => {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock });
  queue.addAfter('a', 100);
  queue.addAfter('a', 50);
  queue.addAfter('a', 200);
  await clock.advance(50);
  assert.equal(queue.length, 1);
  assert.equal(clock.pending, 0);
});

test('failures double the delay until forgotten', async () => {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, baseDelay: 10, maxDelay: 25 });
  for (const delay of [10, 20, 25]) {
    queue.addRateLimited('a');
    await clock.advance(delay - 1);
    assert.equal(queue.length, 0, `after ${delay - 1}`);
    await clock.advance(1);
    queue.done((await queue.take()) ?? '');
  }
  queue.forget('a');
  queue.addRateLimited('a');
  await clock.advance(10);
  assert.equal(queue.length, 1);
});

test('addAfter: the earlier time counts, other items keep theirs, one timer serves all', async () => {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock });
  queue.addAfter('late', 5_000);
  queue.addAfter('a', 3_000);
  queue.addAfter('a', 1_000);
  queue.addAfter('a', 2_000);
  assert.equal(clock.pending, 1);
  await clock.advance(999);
  assert.equal(queue.length, 0);
  await clock.advance(1);
  assert.equal(await queue.take(), 'a');
  queue.done('a');
  await clock.advance(3_999);
  assert.equal(queue.length, 0, 'the overtaken times of a do not fire');
  await clock.advance(1);
  assert.equal(await queue.take(), 'late');
});

test('the delays of an item double from 5 ms to 1,000 s', () => {
  const limiter = new ItemBackoff<string>();
  const delays = Array.from({ length: 20 }, () => limiter.when('a'));
  assert.deepEqual(delays.slice(0, 4), [5, 10, 20, 40]);
  assert.equal(delays.at(-1), 1_000_000);
  assert.equal(limiter.failures('a'), 20);
});

test('after a burst of 100 retries all items together come 10 a second', async () => {
  const clock = new FakeClock();
  const queue = new WorkQueue<number>({ clock });
  for (let i = 0; i < 120; i++) queue.addRateLimited(i);
  await clock.advance(5);
  assert.equal(queue.length, 100);
  await clock.advance(1000);
  assert.equal(queue.length, 110);
});

test('close drops what is for later', async () => {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock });
  queue.addAfter('a', 10);
  queue.close();
  await clock.advance(20);
  assert.equal(await queue.take(), undefined);
  assert.equal(clock.pending, 0);
});

test('a token bucket starts full, fills at its rate, and reserves the future', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ rate: 10, burst: 2, clock });
  assert.deepEqual([bucket.tryTake(), bucket.tryTake(), bucket.tryTake()], [true, true, false]);
  await clock.advance(100);
  assert.equal(bucket.reserve(), 0);
  assert.equal(Math.round(bucket.reserve()), 100);
  await clock.advance(10_000);
  assert.deepEqual([bucket.tryTake(), bucket.tryTake(), bucket.tryTake()], [true, true, false]);
});
