import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPodInfo } from '../../test-objects.ts';
import { unsupportedConstraints } from './unsupported-constraints.ts';

test('hard constraints that would be broken are refused by name, preferences are not', () => {
  const term = { topologyKey: 'kubernetes.io/hostname' };
  const spread = (whenUnsatisfiable: string) => ({ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable });
  const hard = testPodInfo({
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    topologySpreadConstraints: [spread('DoNotSchedule')],
  });
  assert.deepEqual(unsupportedConstraints.preFilter?.(hard), {
    rejection: {
      code: 'UnschedulableAndUnresolvable',
      reasons: ['this scheduler does not support required pod anti-affinity, topology spread constraints with DoNotSchedule'],
    },
  });
  const soft = testPodInfo({
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] } },
    topologySpreadConstraints: [spread('ScheduleAnyway')],
  });
  assert.deepEqual(unsupportedConstraints.preFilter?.(soft), { skip: true });
});
