import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCluster, testNodeInfo, testPodInfo, verdictText } from '../../test-objects.ts';
import { nodeUnschedulable } from './node-unschedulable.ts';

test('a cordoned node is for those who tolerate it', () => {
  assert.equal(
    verdictText(nodeUnschedulable.filter?.(testPodInfo(), testNodeInfo({ unschedulable: true }), undefined)),
    'UnschedulableAndUnresolvable: node(s) were unschedulable',
  );
  assert.equal(verdictText(nodeUnschedulable.filter?.(testPodInfo(), testNodeInfo(), undefined)), 'fits');
  const daemon = testPodInfo({ tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }] });
  assert.deepEqual(nodeUnschedulable.preFilter?.(daemon, emptyCluster), { skip: true });
});
