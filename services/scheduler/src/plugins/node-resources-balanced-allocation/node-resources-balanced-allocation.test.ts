import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCluster, testNodeInfo, testPlugin, testPodInfo } from '../../test-objects.ts';

const plugin = testPlugin('NodeResourcesBalancedAllocation');

test('the further CPU and memory drift apart, the lower the score', () => {
  const pod = testPodInfo({ cpu: '500m', memory: '500Mi' });
  const score = (cpu: string, memory: string): number | undefined => plugin.score?.(pod, testNodeInfo({ cpu, memory }), undefined);
  assert.equal(score('1', '1000Mi'), 100);
  assert.equal(score('1', '2000Mi'), 87, '50 % and 25 %: a deviation of 0.125');
  assert.deepEqual(plugin.preScore?.(testPodInfo(), { ...emptyCluster, nodeCount: 1, nodesWithImage: () => 0 }), { skip: true });
});
