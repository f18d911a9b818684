import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { NodeUsage } from './node-usage.ts';

test('kubelets are asked when somebody wants to know: the first waits for a second reading, later ones for nothing', async () => {
  const clock = new FakeClock();
  let read = 0;
  const usage = new NodeUsage({
    clock,
    read: async () => {
      read++;
      return `node_cpu_usage_seconds_total ${clock.now() / 4000} ${clock.now()}\n`;
    },
  });
  const [first, second] = [usage.node('n'), usage.node('n')];
  await new Promise(setImmediate);
  assert.equal(read, 1, 'two at once are one');
  await clock.advance(2000);
  const expected = { at: clock.now(), window: 2000, cpu: 0.25, memory: 0 };
  assert.deepEqual([await first, await second, read], [expected, expected, 2]);

  await clock.advance(14_000);
  assert.deepEqual(await usage.node('n'), expected, 'still fresh');
  await clock.advance(1000);
  assert.deepEqual([(await usage.node('n'))?.window, read], [15_000, 3]);

  await clock.advance(301_000);
  const late = usage.node('n');
  await new Promise(setImmediate);
  await clock.advance(2000);
  assert.deepEqual([(await late)?.window, read], [2000, 5], 'what is too old is not compared with');
});

test("a node's clock doesn't make its readings young", async () => {
  const clock = new FakeClock();
  const ahead = 3_600_000;
  let read = 0;
  const usage = new NodeUsage({ clock, read: async () => `node_cpu_usage_seconds_total ${++read} ${clock.now() + ahead}\n` });
  const first = usage.node('n');
  await new Promise(setImmediate);
  await clock.advance(2000);
  assert.equal((await first)?.window, 2000);
  await clock.advance(15_000);
  assert.deepEqual([(await usage.node('n'))?.window, read], [15_000, 3]);
});
