import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { FlowSchema, FlowSchemaSpec, PolicyRulesWithSubjects } from '../../generated/types.ts';
import { mandatoryFlowSchemas, mandatoryPriorityLevels } from '../mandatory.ts';
import { suggestedFlowSchemas, suggestedPriorityLevels } from '../suggested.ts';
import { flowSchemaKind } from './kind.ts';

const { strategy, columns = [] } = flowSchemaKind;
const rule: PolicyRulesWithSubjects = {
  subjects: [{ kind: 'User', user: { name: 'u' } }],
  resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['default'] }],
};
const base: FlowSchemaSpec = { priorityLevelConfiguration: { name: 'l' }, rules: [rule] };
const of = (spec: Partial<FlowSchemaSpec> = {}, name = 's'): FlowSchema => {
  const schema: FlowSchema = { metadata: { name }, spec: { ...base, ...spec } };
  strategy.defaults?.(schema);
  return schema;
};
const messages = (schema: FlowSchema): string[] => (strategy.validate?.(schema) ?? []).map(fieldErrorMessage);

test('each rule by an example', () => {
  const at = 'spec.rules[0]';
  const withRule = (more: Partial<PolicyRulesWithSubjects>): FlowSchema => of({ rules: [{ ...rule, ...more }] });
  const withUrl = (url: string): FlowSchema => withRule({ nonResourceRules: [{ verbs: ['*'], nonResourceURLs: [url] }] });
  const url = `${at}.nonResourceRules[0].nonResourceURLs[0]`;
  const cases: [schema: FlowSchema, ...errors: string[]][] = [
    [of()],
    [withUrl('/a/*')],
    [
      of({ matchingPrecedence: 1 }),
      "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
    ],
    [of({ matchingPrecedence: 10001 }), 'spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000'],
    [
      of({ priorityLevelConfiguration: { name: '' } }),
      'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
    ],
    [
      of({ distinguisherMethod: { type: 'x' } }),
      'spec.distinguisherMethod.type: Unsupported value: {"type":"x"}: supported values: "ByNamespace", "ByUser"',
    ],
    [withRule({ subjects: [] }), `${at}.subjects: Required value: subjects must contain at least one value`],
    [withRule({ resourceRules: [] }), `${at}: Required value: at least one of resourceRules and nonResourceRules has to be non-empty`],
    [
      withRule({ subjects: [{ kind: 'User', group: { name: 'g' } }] }),
      `${at}.subjects[0].user: Required value: user is required when subject kind is 'User'`,
      `${at}.subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'`,
    ],
    [
      withRule({ subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: '' } }] }),
      `${at}.subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account`,
    ],
    [withUrl('a'), `${url}: Invalid value: "a": must start with slash`],
    [withUrl('/a*'), `${url}: Invalid value: "/a*": wildcard can only do suffix matching`],
  ];
  for (const [schema, ...errors] of cases) assert.deepEqual(messages(schema), errors);
});

test('the mandatory ones are as they are; the row', () => {
  for (const [name, spec] of Object.entries(mandatoryFlowSchemas)) assert.deepEqual(messages(of(spec, name)), []);
  assert.match(messages(of({}, 'catch-all')).join(), /^spec: Invalid value: .*: spec of 'catch-all' must equal the fixed value$/);
  const schema = of();
  schema.status = { conditions: [{ type: 'Dangling', status: 'True' }] };
  assert.deepEqual(
    columns.map((column) => column.cell(schema, 0)),
    ['s', 'l', 1000, '<none>', '<unknown>', 'True'],
  );
});

test('the suggested ones are valid, complete, and lead to levels there are', () => {
  for (const [name, spec] of Object.entries(suggestedFlowSchemas)) {
    const schema = of(structuredClone(spec), name);
    assert.deepEqual(messages(schema), []);
    assert.deepEqual(schema.spec, spec, 'defaults change nothing');
    const level = spec.priorityLevelConfiguration.name;
    assert.ok(level in suggestedPriorityLevels || level in mandatoryPriorityLevels, level);
  }
});
