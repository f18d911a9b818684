import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCluster, testPodInfo } from '../../test-objects.ts';
import { unsupportedConstraints } from './unsupported-constraints.ts';

test('constraints that would be broken are refused by name', () => {
  assert.deepEqual(unsupportedConstraints.preFilter?.(testPodInfo({ resourceClaims: [{ name: 'gpu' }] }), emptyCluster), {
    rejection: { code: 'UnschedulableAndUnresolvable', reasons: ['this scheduler does not support resource claims'] },
  });
  assert.deepEqual(unsupportedConstraints.preFilter?.(testPodInfo(), emptyCluster), { skip: true });
});
