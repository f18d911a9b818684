import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ValidatingAdmissionPolicySpec } from '@t8s/api';
import { checkTypes } from './type-check.ts';

const rule = (resource: string, change: object = {}): object => ({
  operations: ['CREATE'],
  apiGroups: ['apps'],
  apiVersions: ['v1'],
  resources: [resource],
  ...change,
});
const of = (expression: string, rules: object[], more: ValidatingAdmissionPolicySpec = {}): unknown =>
  checkTypes({ matchConstraints: { resourceRules: rules as never }, validations: [{ expression }], ...more });

test('a field that a kind does not have is told with the kind', () => {
  assert.deepEqual(of('object.replicas > 1', [rule('deployments')]), [
    {
      fieldRef: 'spec.validations[0].expression',
      warning: `apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n`,
    },
  ]);
  assert.deepEqual(of('object.spec.replicas > 1', [rule('deployments'), rule('statefulsets')]), []);
  assert.deepEqual(of("object.spec.template.spec.containers.all(c, c.image.startsWith('r/'))", [rule('daemonsets')]), []);
});

test('wildcards and sub-resources are not tried', () => {
  assert.deepEqual(of('object.nope', [rule('*'), rule('deployments/scale'), rule('deployments', { apiGroups: ['*'] })]), []);
});

test('variables and parameters have types, too', () => {
  const variables = [{ name: 'name', expression: 'object.metadata.name' }];
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const rules = [rule('deployments')];
  assert.deepEqual(of("variables.name == params.data['x'] && object.metadata.namespace != ''", rules, { variables, paramKind }), []);
  const [warning] = of('variables.name == 1', rules, { variables }) as { warning: string }[];
  assert.match(warning?.warning ?? '', /found no matching overload for '_==_' applied to '\(string, int\)'/);
});
