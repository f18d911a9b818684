import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { SyncRunner } from './sync-runner.ts';

function setUp(fail: () => boolean = () => false) {
  const clock = new FakeClock();
  const start = clock.now();
  const syncs: number[] = [];
  const errors: Error[] = [];
  const runner = new SyncRunner({
    sync: async () => {
      syncs.push(clock.now() - start);
      if (fail()) throw new Error('refused');
    },
    minInterval: 1000,
    clock,
    onError: (error) => errors.push(error),
  });
  return { clock, syncs, errors, runner };
}

test('the first changes are written at once, a stream of them once a second', async () => {
  const { clock, syncs, runner } = setUp();
  for (let i = 0; i < 35; i++) {
    runner.request();
    await clock.advance(100);
  }
  assert.deepEqual(syncs, [0, 100, 1000, 2000, 3000]);
  await clock.advance(60_000);
  assert.deepEqual(syncs, [0, 100, 1000, 2000, 3000, 4000]);
  assert.equal(clock.pending, 0);
});

test('a failed sync is tried again by itself, later each time, and is overdue meanwhile', async () => {
  let broken = true;
  const { clock, syncs, errors, runner } = setUp(() => broken);
  runner.request();
  await clock.advance(4000);
  assert.deepEqual(syncs, [0, 1000, 3000]);
  assert.equal(runner.overdue, 4000);
  broken = false;
  await clock.advance(10_000);
  assert.deepEqual(syncs, [0, 1000, 3000, 7000]);
  assert.equal(runner.overdue, 0);
  assert.equal(errors.length, 3);
});

test('a request during a sync is answered by a further one', async () => {
  const clock = new FakeClock();
  let finish: () => void = () => undefined;
  let syncs = 0;
  const runner = new SyncRunner({
    sync: () => {
      syncs += 1;
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
    minInterval: 1000,
    clock,
    onError: (error) => assert.fail(error),
  });
  runner.request();
  runner.request();
  assert.equal(syncs, 1);
  finish();
  await clock.advance(0);
  assert.equal(syncs, 2);
  let hasStopped = false;
  const stopped = runner.stop().then(() => {
    hasStopped = true;
  });
  await clock.advance(0);
  assert.ok(!hasStopped, 'a sync is under way');
  finish();
  await stopped;
});
