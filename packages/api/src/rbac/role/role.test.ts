import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { PolicyRule } from '../../generated/types.ts';
import { roleKind } from './kind.ts';

const { strategy, columns = [] } = roleKind;
const pods: PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

test('each rule by an example', () => {
  const cases: [rule: Partial<PolicyRule>, ...errors: string[]][] = [
    [pods],
    [{ ...pods, resourceNames: ['a', 'b'] }],
    [{ ...pods, verbs: [] }, 'rules[0].verbs: Required value: verbs must contain at least one value'],
    [
      { verbs: ['get'] },
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
      'rules[0].resources: Required value: resource rules must supply at least one resource',
    ],
    [
      { ...pods, nonResourceURLs: ['/x'] },
      'rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
      'rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
  ];
  for (const [rule, ...errors] of cases)
    assert.deepEqual(strategy.validate?.({ metadata: {}, rules: [rule as PolicyRule] }).map(fieldErrorMessage), errors);
});

test('names are path segments; the row has the time of creation', () => {
  assert.deepEqual(strategy.validateName?.('system:node'), []);
  assert.deepEqual(strategy.validateName?.('a/b'), ["may not contain '/'"]);
  assert.deepEqual(strategy.validateName?.('..'), ["may not be '..'"]);
  const role = { metadata: { name: 'system:a', creationTimestamp: '2026-01-01T00:00:00Z' } };
  assert.deepEqual(
    columns.map((column) => column.cell(role, 0)),
    ['system:a', '2026-01-01T00:00:00Z'],
  );
});
