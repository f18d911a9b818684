import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { CriError, type RuntimeCondition, type RuntimeService } from '@t8s/cri';
import { RuntimeHealth } from './runtime-health.ts';

test('a runtime that is restarted is no problem, one that stays away is', async () => {
  const clock = new FakeClock();
  let answer: RuntimeCondition[] | undefined;
  const status = async (): ReturnType<RuntimeService['status']> => {
    if (!answer) throw new CriError('Unavailable', 'nobody listens');
    return { status: { conditions: answer }, info: {} };
  };
  const health = new RuntimeHealth({ runtime: { status }, clock });
  assert.deepEqual(await health.problems(), ['container runtime status check may not have completed yet']);
  answer = [
    { type: 'RuntimeReady', status: true, reason: '', message: '' },
    { type: 'NetworkReady', status: false, reason: 'NetworkPluginNotReady', message: 'no podCIDR yet' },
  ];
  assert.deepEqual(await health.problems(), [
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:no podCIDR yet',
  ]);
  answer = undefined;
  await clock.advance(29_999);
  assert.deepEqual(await health.problems(), []);
  await clock.advance(1);
  assert.deepEqual(await health.problems(), ['container runtime is down: nobody listens']);
});
