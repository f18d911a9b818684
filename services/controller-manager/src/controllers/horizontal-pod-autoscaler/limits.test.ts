import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HPAScalingRules } from '@t8s/api';
import { type History, limit, noteChange } from './limits.ts';

const spec = { scaleTargetRef: { kind: 'Deployment', name: 'd' }, minReplicas: 2, maxReplicas: 20 };
const none = (): History => ({ recommendations: [], changes: [] });
const downscaleStabilization = 300_000;

function decide(
  current: number,
  desired: number,
  history = none(),
  now = 0,
  behavior?: { scaleUp: HPAScalingRules; scaleDown: HPAScalingRules },
) {
  const verdict = limit({ spec: { ...spec, ...(behavior && { behavior }) }, current, desired, now, downscaleStabilization }, history);
  return [verdict.replicas, verdict.limited.reason, verdict.stabilized?.reason];
}

test('bounds, and the rate without rules: the double, or four', () => {
  assert.deepEqual(decide(5, 7), [7, 'DesiredWithinRange', undefined]);
  assert.deepEqual(decide(5, 19), [10, 'ScaleUpLimit', undefined]);
  assert.deepEqual(decide(1, 9), [4, 'ScaleUpLimit', undefined]);
  assert.deepEqual(decide(15, 30), [20, 'TooManyReplicas', undefined]);
  assert.deepEqual(decide(5, 1), [2, 'TooFewReplicas', undefined]);
});

test('down only when nothing higher was recommended for five minutes', () => {
  const history = none();
  assert.deepEqual(decide(8, 8, history, 0), [8, 'DesiredWithinRange', undefined]);
  assert.deepEqual(decide(8, 3, history, 60_000), [8, 'DesiredWithinRange', 'ScaleDownStabilized']);
  assert.deepEqual(decide(8, 4, history, 300_001), [4, 'DesiredWithinRange', undefined]);
  assert.equal(history.recommendations.length, 2, 'what is too old to count is forgotten');
});

test('rules: so many pods, so many percent, within a time; the largest or the smallest counts, or none', () => {
  const policies = [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 50, periodSeconds: 60 },
  ];
  const behavior = (select: string) => ({
    scaleUp: { policies, selectPolicy: select },
    scaleDown: { policies, selectPolicy: select, stabilizationWindowSeconds: 0 },
  });
  assert.deepEqual(decide(4, 20, none(), 0, behavior('Max')), [8, 'ScaleUpLimit', undefined]);
  assert.deepEqual(decide(4, 20, none(), 0, behavior('Min')), [6, 'ScaleUpLimit', undefined]);
  assert.deepEqual(decide(4, 20, none(), 0, behavior('Disabled')), [4, 'ScaleUpLimit', undefined]);
  assert.deepEqual(decide(20, 2, none(), 0, behavior('Max')), [10, 'ScaleDownLimit', undefined]);
  assert.deepEqual(decide(20, 2, none(), 0, behavior('Min')), [16, 'ScaleDownLimit', undefined]);
  const history = none();
  noteChange({ ...spec, behavior: behavior('Max') }, history, { at: 0, by: 4 });
  assert.deepEqual(
    decide(8, 20, history, 10_000, behavior('Max')),
    [8, 'ScaleUpLimit', undefined],
    'four came within the time: 4 + 4, 4 * 1.5',
  );
  assert.deepEqual(decide(8, 20, history, 16_000, behavior('Max')), [12, 'ScaleUpLimit', undefined]);
});

test('up only when nothing lower was recommended within the window', () => {
  const behavior = {
    scaleUp: { stabilizationWindowSeconds: 60, policies: [{ type: 'Pods', value: 9, periodSeconds: 15 }] },
    scaleDown: {},
  };
  const history = none();
  decide(4, 5, history, 0, behavior);
  assert.deepEqual(decide(4, 9, history, 30_000, behavior), [5, 'DesiredWithinRange', 'ScaleUpStabilized']);
  assert.deepEqual(decide(4, 9, history, 61_000, behavior), [9, 'DesiredWithinRange', undefined]);
});
