import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testNodeInfo, testPodInfo, verdictText } from '../../test-objects.ts';
import { taintToleration } from './taint-toleration.ts';

const tainted = (effect: string) => testNodeInfo({ taints: [{ key: 'k', value: 'v', effect }] });

test('the first hard taint not tolerated is the reason', () => {
  const reason = 'UnschedulableAndUnresolvable: node(s) had untolerated taint {k: v}';
  assert.equal(verdictText(taintToleration.filter?.(testPodInfo(), tainted('NoSchedule'), undefined)), reason);
  assert.equal(verdictText(taintToleration.filter?.(testPodInfo(), tainted('NoExecute'), undefined)), reason);
  assert.equal(verdictText(taintToleration.filter?.(testPodInfo(), tainted('PreferNoSchedule'), undefined)), 'fits');
  const tolerant = testPodInfo({ tolerations: [{ key: 'k', operator: 'Exists' }] });
  assert.equal(verdictText(taintToleration.filter?.(tolerant, tainted('NoSchedule'), undefined)), 'fits');
});

test('untolerated soft taints lower the score', () => {
  const scores = [tainted('PreferNoSchedule'), testNodeInfo()].map((node) => taintToleration.score?.(testPodInfo(), node, undefined) ?? -1);
  taintToleration.normalize?.(scores);
  assert.deepEqual(scores, [0, 100]);
});
