import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import type { CacheEvent } from './cached-object.ts';
import { EventLog } from './event-log.ts';

const event = (revision: number, size = 10): CacheEvent => ({
  revision,
  current: { key: 'd/a', object: { metadata: {} }, bytes: Buffer.alloc(size), revision } as CacheEvent['current'],
  previous: undefined,
});

test('a start within the log gets what came after it, a start before it is refused', () => {
  const log = new EventLog(10, new FakeClock());
  for (const revision of [12, 15, 16]) log.append(event(revision));
  assert.deepEqual(
    [10, 12, 13, 16, 99].map((start) => log.after(start)?.map((e) => e.revision)),
    [[12, 15, 16], [15, 16], [15, 16], [], []],
  );
  assert.equal(log.after(9), undefined);
});

test('the log holds 75 seconds, and at least a hundred events; memory goes when events stop', async () => {
  const clock = new FakeClock();
  const log = new EventLog(0, clock);
  for (let revision = 1; revision <= 1000; revision++) log.append(event(revision));
  await clock.advance(50_000);
  for (let revision = 1001; revision <= 1500; revision++) log.append(event(revision));
  await clock.advance(26_000);
  assert.equal(log.size, 500, 'the first thousand are older than 75 seconds');
  assert.equal(log.oldest, 1000);
  assert.equal(log.after(999), undefined);
  await clock.advance(100_000);
  assert.equal(log.size, 100);
  assert.equal(clock.pending, 0, 'idle is idle');
});

test('large objects shorten the log', () => {
  const log = new EventLog(0, new FakeClock());
  for (let revision = 1; revision <= 400; revision++) log.append(event(revision, 1024 * 1024));
  assert.ok(log.size >= 100 && log.size <= 110, String(log.size));
});
