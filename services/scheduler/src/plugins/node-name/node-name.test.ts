import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCluster, testNodeInfo, testPodInfo, verdictText } from '../../test-objects.ts';
import { nodeName } from './node-name.ts';

test('only the named node will do', () => {
  const pod = testPodInfo({ nodeName: 'a' });
  assert.equal(verdictText(nodeName.filter?.(pod, testNodeInfo({ name: 'a' }), undefined)), 'fits');
  assert.equal(
    verdictText(nodeName.filter?.(pod, testNodeInfo({ name: 'b' }), undefined)),
    "UnschedulableAndUnresolvable: node(s) didn't match the requested node name",
  );
  assert.deepEqual(nodeName.preFilter?.(testPodInfo(), emptyCluster), { skip: true });
});
