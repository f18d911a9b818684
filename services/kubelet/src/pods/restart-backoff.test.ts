import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { formatSeconds } from './pod-format.ts';
import { KeyedBackoff } from './restart-backoff.ts';

test('a crash loop waits 10s, 20s … 5m0s, counted from each exit, and starts anew after ten quiet minutes', async () => {
  const clock = new FakeClock();
  const backoff = new KeyedBackoff(clock);
  assert.equal(backoff.remaining('u/app', clock.now()), 0, 'the first restart is at once');
  const waits: string[] = [];
  for (let i = 0; i < 7; i++) {
    backoff.next('u/app', clock.now());
    waits.push(formatSeconds(backoff.remaining('u/app', clock.now())));
    await clock.advance(backoff.remaining('u/app', clock.now()));
    assert.equal(backoff.remaining('u/app', clock.now() - backoff.delay('u/app')), 0);
  }
  assert.deepEqual(waits, ['10s', '20s', '40s', '1m20s', '2m40s', '5m0s', '5m0s']);
  await clock.advance(601_000);
  assert.equal(backoff.remaining('u/app', clock.now()), 0);
  backoff.next('u/app', clock.now());
  assert.equal(backoff.delay('u/app'), 10_000);
});
