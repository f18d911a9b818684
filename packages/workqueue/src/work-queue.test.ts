import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
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
