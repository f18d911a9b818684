import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPodInfo, verdictText } from '../../test-objects.ts';
import { schedulingGates } from './scheduling-gates.ts';

test('a gate keeps the pod out, none lets it in', () => {
  assert.equal(
    verdictText(schedulingGates.preEnqueue?.(testPodInfo({ schedulingGates: [{ name: 'a' }, { name: 'b' }] }))),
    'UnschedulableAndUnresolvable: waiting for scheduling gates: [a b]',
  );
  assert.equal(schedulingGates.preEnqueue?.(testPodInfo({ schedulingGates: [] })), undefined);
});
