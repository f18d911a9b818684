import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { Controller } from '@t8s/controller';
import { silentLogger } from '@t8s/telemetry';
import { ManagerMetrics } from './metrics.ts';

test('queues show their depth, work and retries', async () => {
  const metrics = new ManagerMetrics();
  const clock = new FakeClock();
  let tries = 0;
  const reconcile = async (): Promise<void> => {
    tries += 1;
    if (tries === 1) throw new Error('once');
  };
  const controller = new Controller({ name: 'fickle', informers: [], reconcile, log: silentLogger, clock });
  metrics.watch(controller);
  controller.enqueue('a');
  const value = async (line: string): Promise<string | undefined> =>
    (await metrics.registry.metrics())
      .split('\n')
      .find((l) => l.startsWith(line))
      ?.split(' ')[1];
  assert.equal(await value('workqueue_depth{name="fickle"}'), '1');
  const abort = new AbortController();
  void controller.run(abort.signal);
  await clock.advance(1000);
  assert.deepEqual(
    [
      await value('workqueue_depth{name="fickle"}'),
      await value('workqueue_retries_total'),
      await value('workqueue_work_duration_seconds_count'),
    ],
    ['0', '1', '2'],
  );
  abort.abort();
});
