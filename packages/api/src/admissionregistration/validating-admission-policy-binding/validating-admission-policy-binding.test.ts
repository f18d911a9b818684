import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBindingSpec } from '../../generated/types.ts';
import { validatingAdmissionPolicyBindingKind } from './kind.ts';

const { strategy, columns = [] } = validatingAdmissionPolicyBindingKind;
const of = (spec: ValidatingAdmissionPolicyBindingSpec = {}): ValidatingAdmissionPolicyBinding => {
  const binding = { metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'], ...spec } };
  strategy.defaults?.(binding);
  return binding;
};
const messages = (spec: ValidatingAdmissionPolicyBindingSpec): string[] =>
  (strategy.validate?.(of(spec)) ?? []).map((error) => fieldErrorMessage(error).replace('spec.', ''));

test('the row', () => {
  const row = (spec: ValidatingAdmissionPolicyBindingSpec): unknown[] => columns.map((column) => column.cell(of(spec), 0));
  assert.deepEqual(row({}), ['b', 'p', '<unset>', '<unknown>']);
  assert.equal(row({ paramRef: { name: 'x', namespace: 'n' } })[2], 'n/x');
});

test('each rule by an example', () => {
  const cases: [spec: ValidatingAdmissionPolicyBindingSpec, ...errors: string[]][] = [
    [{}],
    [{ matchResources: {}, paramRef: { selector: {}, parameterNotFoundAction: 'Allow' } }],
    [{ policyName: '' }, 'policyName: Required value'],
    [
      { validationActions: ['Deny', 'Warn', 'Deny', 'x'] },
      'validationActions[2]: Duplicate value: "Deny"',
      'validationActions[3]: Unsupported value: "x": supported values: "Audit", "Deny", "Warn"',
      'validationActions: Invalid value: ["Deny","Warn","Deny","x"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    ],
    [{ validationActions: [] }, 'validationActions: Required value: at least one validation action is required'],
    [
      { paramRef: { name: 'a', selector: {} } },
      'paramRef.name: Forbidden: name and selector are mutually exclusive',
      'paramRef.selector: Forbidden: name and selector are mutually exclusive',
      'paramRef.parameterNotFoundAction: Required value',
    ],
    [
      { paramRef: { parameterNotFoundAction: 'x' } },
      'paramRef: Required value: one of name or selector must be specified',
      'paramRef.parameterNotFoundAction: Unsupported value: "x": supported values: "Deny", "Allow"',
    ],
  ];
  for (const [spec, ...errors] of cases) assert.deepEqual(messages(spec), errors);
});
