import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ValidatingAdmissionPolicySpec } from '@t8s/api';
import { fieldErrorMessage } from '@t8s/meta';
import { expressionRules } from './validate.ts';

function messages(resource: string, object: object): string[] {
  const errors = expressionRules[`admissionregistration.k8s.io/${resource}`]?.({ metadata: {}, ...object }) ?? [];
  return errors.map((error) => fieldErrorMessage(error).split('\n')[0] ?? '');
}
const policy = (spec: ValidatingAdmissionPolicySpec): string[] => messages('validatingadmissionpolicies', { spec });

test('each expression of a policy is compiled with what it may name', () => {
  assert.deepEqual(
    policy({
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConditions: [
        { name: 'a', expression: "request.userInfo.username != params.data.name && authorizer.path('/').check('get').allowed()" },
      ],
      variables: [
        { name: 'containers', expression: 'object.spec.containers' },
        { name: 'count', expression: 'size(variables.containers)' },
      ],
      validations: [
        { expression: 'variables.count < 3 && namespaceObject != null', messageExpression: "'too many: ' + string(variables.count)" },
      ],
      auditAnnotations: [{ key: 'k', valueExpression: "request.operation == 'CREATE' ? 'created' : null" }],
    }).slice(1),
    [],
  );
  assert.deepEqual(
    policy({
      matchConditions: [{ name: 'a', expression: 'object.metadata.name' }],
      variables: [{ name: 'first', expression: 'variables.second' }],
      validations: [
        { expression: 'params.x == 1', messageExpression: 'authorizer' },
        { expression: 'object.x ==', messageExpression: '1' },
        { expression: 'variables.nope == 1' },
      ],
      auditAnnotations: [{ key: 'k', valueExpression: '1' }],
    }),
    [
      'spec.matchConditions[0].expression: Invalid value: "object.metadata.name": must evaluate to bool but got dyn',
      `spec.variables[0].expression: Invalid value: "variables.second": compilation failed: ERROR: <input>:1:10: undefined field 'second'`,
      `spec.validations[0].expression: Invalid value: "params.x == 1": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')`,
      `spec.validations[0].messageExpression: Invalid value: "authorizer": compilation failed: ERROR: <input>:1:1: undeclared reference to 'authorizer' (in container '')`,
      `spec.validations[1].expression: Invalid value: "object.x ==": compilation failed: ERROR: <input>:1:12: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`,
      'spec.validations[1].messageExpression: Invalid value: "1": must evaluate to string but got int',
      `spec.validations[2].expression: Invalid value: "variables.nope == 1": compilation failed: ERROR: <input>:1:10: undefined field 'nope'`,
      'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type] but got int',
    ],
  );
});

test('conditions of webhooks know the request, but no parameters', () => {
  const webhooks = [{ name: 'a.b.c', matchConditions: [{ name: 'a', expression: ' params.x ' }] }];
  assert.deepEqual(messages('validatingwebhookconfigurations', { webhooks }), [
    `webhooks[0].matchConditions[0].expression: Invalid value: "params.x": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')`,
  ]);
});
