import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { silentLogger } from '@t8s/telemetry';
import { Controller, TerminalError } from './controller.ts';

function start(reconcile: (key: string) => Promise<{ requeueAfter: number } | undefined>): {
  controller: Controller;
  clock: FakeClock;
  stop: () => Promise<void>;
} {
  const clock = new FakeClock();
  const controller = new Controller({ name: 't', informers: [], reconcile, log: silentLogger, clock });
  const abort = new AbortController();
  const running = controller.run(abort.signal);
  const stop = (): Promise<void> => {
    abort.abort();
    return running;
  };
  return { controller, clock, stop };
}

test('an error is retried with growing delays, a terminal one is not, a result may ask to come again', async () => {
  const runs: string[] = [];
  let failures = 2;
  const { controller, clock, stop } = start(async (key) => {
    runs.push(key);
    if (key === 'fatal') throw new TerminalError('no');
    if (key === 'again' && runs.filter((k) => k === 'again').length === 1) return { requeueAfter: 1000 };
    if (key === 'flaky' && failures-- > 0) throw new Error('not yet');
    return undefined;
  });
  controller.enqueue('fatal');
  controller.enqueue('flaky');
  controller.enqueue('again');
  await clock.advance(0);
  assert.deepEqual(runs, ['fatal', 'flaky', 'again']);
  await clock.advance(5);
  await clock.advance(10);
  assert.equal(runs.filter((k) => k === 'flaky').length, 3);
  await clock.advance(60_000);
  assert.deepEqual(
    runs.filter((k) => k !== 'flaky'),
    ['fatal', 'again', 'again'],
  );
  await stop();
});

test('work begun is finished before run returns', async () => {
  let finish: () => void = () => undefined;
  let finished = false;
  const { controller, clock, stop } = start(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    finished = true;
    return undefined;
  });
  controller.enqueue('a');
  await clock.advance(0);
  const stopped = stop();
  finish();
  await stopped;
  assert.equal(finished, true);
});
