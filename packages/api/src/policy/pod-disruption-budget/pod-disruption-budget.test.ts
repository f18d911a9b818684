import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../../generated/types.ts';
import { podDisruptionBudgetKind } from './kind.ts';

const { strategy, subresources, columns = [] } = podDisruptionBudgetKind;

function created(spec: PodDisruptionBudgetSpec = {}): PodDisruptionBudget {
  const budget: PodDisruptionBudget = { metadata: { name: 'b' }, spec };
  strategy.defaults?.(budget);
  strategy.prepareForCreate?.(budget);
  return budget;
}

const cases: [spec: PodDisruptionBudgetSpec, ...errors: string[]][] = [
  [{}],
  [{ minAvailable: '50%', selector: {} }],
  [
    { minAvailable: 1, maxUnavailable: 1 },
    'spec: Invalid value: {"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set',
  ],
  [{ maxUnavailable: '101%' }, 'spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
  [{ minAvailable: -1 }, 'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
  [
    { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
    "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
  ],
  [
    { unhealthyPodEvictionPolicy: 'X' },
    'spec.unhealthyPodEvictionPolicy: Unsupported value: "X": supported values: "AlwaysAllow", "IfHealthyBudget"',
  ],
];

test('rules', () => {
  for (const [spec, ...errors] of cases)
    assert.deepEqual(strategy.validate?.(created(spec)).map(fieldErrorMessage), errors, JSON.stringify(spec));
  assert.deepEqual([strategy.validateName?.('Any_Name'), strategy.validateName?.('a/b').length], [[], 1]);
});

test('an update must say which version it means; the spec counts', () => {
  const old = created({ minAvailable: 1 });
  const budget = { ...structuredClone(old), spec: { minAvailable: 2 } };
  strategy.prepareForUpdate?.(budget, old);
  assert.deepEqual([strategy.unconditionalUpdate, budget.metadata.generation, strategy.validateUpdate], [false, 2, undefined]);
});

test('status and the row', () => {
  const budget = created({ minAvailable: '50%' });
  const condition = {
    type: 'DisruptionAllowed',
    status: 'True',
    reason: 'SufficientPods',
    message: '',
    lastTransitionTime: '2025-01-01T00:00:00Z',
  };
  budget.status = { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2, conditions: [condition] };
  assert.deepEqual(subresources?.status?.validate?.(budget, budget), []);
  assert.deepEqual(
    columns.map((column) => column.cell(budget, 0)),
    ['b', '50%', 'N/A', 1, '<unknown>'],
  );
  Object.assign(budget.status, {
    expectedPods: -1,
    conditions: [condition, { ...condition, status: 'Yes', reason: '', lastTransitionTime: undefined, observedGeneration: -1 }],
  });
  assert.deepEqual(subresources?.status?.validate?.(budget, budget).map(fieldErrorMessage), [
    'status.conditions[1].type: Duplicate value: "DisruptionAllowed"',
    'status.conditions[1].status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"',
    'status.conditions[1].observedGeneration: Invalid value: -1: must be greater than or equal to zero',
    'status.conditions[1].lastTransitionTime: Required value: must be set',
    'status.conditions[1].reason: Required value: must be set',
    'status.expectedPods: Invalid value: -1: must be greater than or equal to 0',
  ]);
});
