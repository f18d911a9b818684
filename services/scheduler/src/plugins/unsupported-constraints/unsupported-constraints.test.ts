import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCluster, testPodInfo } from '../../test-objects.ts';
import { unsupportedConstraints } from './unsupported-constraints.ts';

test('hard constraints that would be broken are refused by name, preferences are not', () => {
  const term = { topologyKey: 'kubernetes.io/hostname' };
  const hard = testPodInfo({
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
  });
  assert.deepEqual(unsupportedConstraints.preFilter?.(hard, emptyCluster), {
    rejection: {
      code: 'UnschedulableAndUnresolvable',
      reasons: ['this scheduler does not support required pod anti-affinity'],
    },
  });
  const soft = testPodInfo({
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] } },
  });
  assert.deepEqual(unsupportedConstraints.preFilter?.(soft, emptyCluster), { skip: true });
});
