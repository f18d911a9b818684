import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { ResourceQuota, ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../../generated/types.ts';
import { resourceQuotaKind } from './kind.ts';

const { strategy, subresources, columns = [] } = resourceQuotaKind;
const of = (spec: ResourceQuotaSpec): ResourceQuota => ({ metadata: { name: 'q' }, spec });
const messages = (spec: ResourceQuotaSpec): string[] => (strategy.validateCreate?.(of(spec)) ?? []).map(fieldErrorMessage);

test('each rule by an example', () => {
  const hard = { pods: '1' };
  const selector = (...matchExpressions: ScopedResourceSelectorRequirement[]): ResourceQuotaSpec => ({
    hard,
    scopeSelector: { matchExpressions },
  });
  const cases: [spec: ResourceQuotaSpec, ...errors: string[]][] = [
    [{ hard: { ...hard, 'requests.cpu': '1', 'count/jobs.batch': '2', 'requests.x.io/gpu': '1', 'requests.hugepages-2Mi': '4Mi' } }],
    [
      { hard: { x: '1' } },
      'spec.hard[x]: Invalid value: "x": must be a standard resource type or fully qualified',
      'spec.hard[x]: Invalid value: "x": must be a standard resource for quota',
    ],
    [{ hard: { storage: '1' } }, 'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota'],
    [{ hard: { pods: '1500m' } }, 'spec.hard[pods]: Invalid value: "1500m": must be an integer'],
    [{ hard: { cpu: '-1' } }, 'spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    [{ hard, scopes: ['X'] }, 'spec.scopes: Invalid value: ["X"]: unsupported scope'],
    [{ hard: { cpu: '1' }, scopes: ['BestEffort'] }, 'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    [{ hard, scopes: ['BestEffort', 'NotBestEffort'] }, 'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
    [selector({ scopeName: 'PriorityClass', operator: 'In', values: ['high'] })],
    [
      selector({ scopeName: 'PriorityClass', operator: 'In' }),
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ],
    [
      selector({ scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] }),
      "spec.scopeSelector.matchExpressions.values: Invalid value: [\"a\"]: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
    ],
    [
      selector({ scopeName: 'PriorityClass', operator: 'x' }),
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "x": not a valid selector operator',
    ],
  ];
  for (const [spec, ...errors] of cases) assert.deepEqual(messages(spec), errors);
  assert.match(
    messages(selector({ scopeName: 'Terminating', operator: 'DoesNotExist' })).join(),
    /operator: .* must be 'Exist' when scope is any of/,
  );
});

test('scopes stay; amounts may change', () => {
  const old = of({ hard: { pods: '1' }, scopes: ['BestEffort'] });
  assert.deepEqual(strategy.validateUpdate?.(of({ hard: { pods: '2' }, scopes: ['BestEffort'] }), old), []);
  assert.deepEqual((strategy.validateUpdate?.(of({ hard: { pods: '2' } }), old) ?? []).map(fieldErrorMessage), [
    'spec.scopes: Invalid value: null: field is immutable',
  ]);
});

test('status and row', () => {
  const quota = of({});
  quota.status = { hard: { pods: '4', 'limits.cpu': '2' }, used: { pods: '1' } };
  assert.deepEqual(subresources?.status?.validate?.(quota, quota), []);
  assert.deepEqual(
    columns.map((column) => column.cell(quota, 0)),
    ['q', 'pods: 1/4', 'limits.cpu: 0/2', '<unknown>'],
  );
  strategy.prepareForCreate?.(quota);
  assert.deepEqual(quota.status, {});
});
