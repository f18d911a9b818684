import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCluster, testPodInfo } from '../../test-objects.ts';
import { unsupportedConstraints } from './unsupported-constraints.ts';

test('constraints that would be broken are refused by name', () => {
  const claims = testPodInfo({
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    resourceClaims: [{ name: 'gpu' }],
  });
  assert.deepEqual(unsupportedConstraints.preFilter?.(claims, emptyCluster), {
    rejection: {
      code: 'UnschedulableAndUnresolvable',
      reasons: ['this scheduler does not support persistent volume claims, resource claims'],
    },
  });
  const plain = testPodInfo({ volumes: [{ name: 'scratch', emptyDir: {} }] });
  assert.deepEqual(unsupportedConstraints.preFilter?.(plain, emptyCluster), { skip: true });
});
