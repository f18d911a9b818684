import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicySpec } from '../../generated/types.ts';
import { validatingAdmissionPolicyKind } from './kind.ts';

const { strategy, columns = [] } = validatingAdmissionPolicyKind;
const resourceRules = [{ operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] }];
const of = (spec: ValidatingAdmissionPolicySpec = {}): ValidatingAdmissionPolicy => {
  const policy = {
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules }, validations: [{ expression: 'true' }], ...structuredClone(spec) },
  };
  strategy.defaults?.(policy);
  return policy;
};
const messages = (spec: ValidatingAdmissionPolicySpec): string[] =>
  (strategy.validate?.(of(spec)) ?? []).map((error) => fieldErrorMessage(error).replace('spec.', ''));

test('defaults, and the row', () => {
  const policy = of();
  assert.equal(policy.spec.failurePolicy, 'Fail');
  assert.deepEqual(policy.spec.matchConstraints, {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    resourceRules: [{ ...resourceRules[0], scope: '*' }],
  });
  assert.deepEqual(
    columns.map((column) => column.cell(of({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }), 0)),
    ['p', 1, 'v1/ConfigMap', '<unknown>'],
  );
});

test('each rule by an example', () => {
  const cases: [spec: ValidatingAdmissionPolicySpec, ...errors: string[]][] = [
    [{}],
    [{ failurePolicy: 'x' }, 'failurePolicy: Unsupported value: "x": supported values: "Fail", "Ignore"'],
    [{ matchConstraints: {} }, 'matchConstraints.resourceRules: Required value'],
    [
      { validations: [] },
      'validations: Required value: validations or auditAnnotations must contain at least one item',
      'auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
    ],
    [{ paramKind: {} }, 'paramKind.apiVersion: Required value', 'paramKind.kind: Required value'],
    [
      { paramKind: { apiVersion: 'a/b/c', kind: 'Config_Map' } },
      'paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      `paramKind.kind: Invalid value: "Config_Map": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
    ],
    [
      {
        variables: [
          { name: 'in', expression: '1' },
          { name: 'x', expression: ' ' },
        ],
      },
      'variables[0].name: Invalid value: "in": name is not a valid CEL identifier',
      'variables[1].expression: Required value: expression is not specified',
    ],
    [
      { validations: [{ expression: '', message: 'a\nb', messageExpression: ' ', reason: 'x' }] },
      'validations[0].expression: Required value: expression is not specified',
      'validations[0].messageExpression: Invalid value: " ": must be non-empty if specified',
      'validations[0].message: Invalid value: "a\\nb": message must not contain line breaks',
      'validations[0].reason: Unsupported value: "x": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"',
    ],
    [
      {
        auditAnnotations: [
          { key: 'k', valueExpression: '' },
          { key: 'k', valueExpression: `'${'x'.repeat(5200)}'` },
        ],
      },
      'auditAnnotations[0].valueExpression: Required value: valueExpression is not specified',
      'auditAnnotations[1].valueExpression: Required value: must not exceed 5120 bytes in length',
      'auditAnnotations[1].key: Duplicate value: "k"',
    ],
  ];
  for (const [spec, ...errors] of cases) assert.deepEqual(messages(spec), errors);
});
