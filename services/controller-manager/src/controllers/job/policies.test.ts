import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodFailurePolicyRule, SuccessPolicyRule } from '@t8s/api';
import { backoffLeft, failuresAfter, noFailures } from './backoff.ts';
import { IndexSet } from './index-set.ts';
import { matchFailure } from './pod-failure-policy.ts';
import { matchSuccess } from './success-policy.ts';

const container = (name: string, exitCode: number): NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number] => ({
  name,
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode } },
});
const pod: Pod = {
  metadata: { name: 'p', namespace: 'd' },
  spec: { containers: [] },
  status: {
    phase: 'Failed',
    containerStatuses: [container('main', 42), container('side', 0)],
    initContainerStatuses: [container('init', 7)],
    conditions: [{ type: 'DisruptionTarget', status: 'True' }],
  },
};
const exit = (operator: string, values: number[], containerName?: string): Partial<PodFailurePolicyRule> => ({
  onExitCodes: { operator, values, ...(containerName !== undefined && { containerName }) },
});
const condition = (type: string, status: string): Partial<PodFailurePolicyRule> => ({ onPodConditions: [{ type, status }] });
const exited = (name: string, code: number): string =>
  `Container ${name} for pod d/p failed with exit code ${code} matching FailJob rule at index 1`;

const failures: [rule: Partial<PodFailurePolicyRule>, message: string | undefined][] = [
  [exit('In', [1, 42]), exited('main', 42)],
  [exit('In', [7]), exited('init', 7)],
  [exit('In', [42], 'side'), undefined],
  [exit('NotIn', [42]), exited('init', 7)],
  [exit('NotIn', [7, 42]), undefined],
  [condition('DisruptionTarget', 'True'), 'Pod d/p has condition DisruptionTarget matching FailJob rule at index 1'],
  [condition('DisruptionTarget', 'False'), undefined],
];

test('what a rule of a pod failure policy matches', () => {
  for (const [rule, message] of failures) {
    const rules = [
      { action: 'Ignore', onExitCodes: { operator: 'In', values: [99] } },
      { action: 'FailJob', ...rule },
    ];
    assert.deepEqual(matchFailure({ rules }, pod), message && { action: 'FailJob', message }, JSON.stringify(rule));
  }
});

const successes: [rule: SuccessPolicyRule, met: boolean][] = [
  [{ succeededCount: 5 }, true],
  [{ succeededCount: 6 }, false],
  [{ succeededIndexes: '1-3,7' }, true],
  [{ succeededIndexes: '1-4' }, false],
  [{ succeededIndexes: '3-9', succeededCount: 3 }, true],
  [{ succeededIndexes: '3-9', succeededCount: 4 }, false],
  [{ succeededIndexes: '50' }, false],
];

test('what a rule of a success policy is met by', () => {
  const succeeded = IndexSet.parse('1-3,7,9', 10);
  for (const [rule, met] of successes)
    assert.equal(matchSuccess({ rules: [rule] }, succeeded, 10), met ? 'Matched rules at index 0' : undefined, JSON.stringify(rule));
});

test('sets of indexes', () => {
  const set = IndexSet.parse('0,2-5,9', 10);
  assert.deepEqual([set.size, [0, 1, 3, 5, 9, 10].map((i) => set.has(i))], [6, [true, false, true, true, true, false]]);
  assert.equal(String(set.with([8, 6, 7, 0])), '0,2-9');
  assert.equal(String(IndexSet.empty.with([4, 1, 2])), '1,2,4');
  assert.equal(String(IndexSet.parse('0,2-5,9,x,7-', 4)), '0,2,3');
  assert.deepEqual(set.firstAbsent(3, 10), [1, 6, 7]);
  assert.deepEqual(set.firstAbsent(9, 10), [1, 6, 7, 8]);
  assert.deepEqual(set.firstAbsent(9, 1), []);
});

test('the wait after failures doubles up to ten minutes, and a success begins it anew', () => {
  for (const [count, seconds] of [
    [0, 0],
    [1, 10],
    [2, 20],
    [6, 320],
    [7, 600],
    [40, 600],
  ] as const)
    assert.equal(backoffLeft({ count, last: 0 }, 0), seconds * 1000, `${count}`);
  assert.equal(backoffLeft({ count: 2, last: 0 }, 15_000), 5000);
  const ended = (at: number): Pod => ({ metadata: { creationTimestamp: new Date(at).toISOString() }, spec: { containers: [] } });
  assert.deepEqual(failuresAfter({ count: 3, last: 1 }, [], [ended(5), ended(9)]), { count: 5, last: 9 });
  assert.deepEqual(failuresAfter({ count: 3, last: 1 }, [ended(7)], [ended(5), ended(9)]), { count: 1, last: 9 });
  assert.deepEqual(failuresAfter({ count: 3, last: 1 }, [ended(9)], [ended(5)]), noFailures);
});
