/** What custom resources are held to, on a real apiserver and etcd: schemas, validation rules, and how applied lists merge. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { customResourceDefinitionKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { eventually } from '@t8s/testkit';
import { type CronTab, cronTab, cronTabs, define, definition, refusal, version } from './cron-tabs.ts';
import { type Cluster, startCluster } from './harness.ts';
import { type Kubectl, kubectlOf } from './kubectl-of.ts';

type Json = Record<string, unknown>;

const group = 'rules.example.com';
const kubernetes = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port'] };
const specSchema = {
  type: 'object',
  required: ['cron'],
  properties: {
    cron: {
      type: 'string',
      pattern: '^(?i)[*0-9/ ]+\\z',
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'may not change' }],
    },
    min: { type: 'integer', minimum: 0 },
    max: { type: 'integer', default: 5 },
    mode: { type: 'string', enum: ['Fast', 'Slow'] },
    either: { 'x-kubernetes-int-or-string': true },
    template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    ports: {
      type: 'array',
      ...kubernetes,
      items: { type: 'object', required: ['port'], properties: { port: { type: 'integer' }, name: { type: 'string' } } },
    },
  },
  'x-kubernetes-validations': [
    { rule: '!has(self.min) || self.min <= self.max', messageExpression: '"min %d over max %d".format([self.min, self.max])' },
  ],
};

let cluster: Cluster;
let admin: Client;
let kubectl: Kubectl;
before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  kubectl = await kubectlOf(cluster);
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: specSchema, status: { type: 'object', properties: { n: { type: 'integer' } } } },
    },
  };
  await define(
    admin,
    definition(group, [version('v1', { schema, subresources: { status: {} }, selectableFields: [{ jsonPath: '.spec.mode' }] })]),
  );
});
after(() => cluster.stop());

const of = (name: string, spec: Json): CronTab => cronTab(group, name, spec);
const create = (name: string, spec: Json): Promise<CronTab> => cronTabs(admin, group).create(of(name, spec));
const causes = async (asked: Promise<unknown>): Promise<string[]> =>
  ((await refusal(asked)).details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);

test('a create that breaks rules is told of all of them; rules of CEL wait for a sound object', async () => {
  assert.deepEqual(
    await causes(
      create('bad', { min: -1, max: 'x', mode: 'Odd', either: true, template: { kind: 'Pod' }, ports: [{ port: 1 }, { port: 1 }] }),
    ),
    [
      'spec.min: Invalid value: -1: spec.min in body should be greater than or equal to 0',
      'spec.max: Invalid value: "string": spec.max in body must be of type integer: "string"',
      'spec.mode: Unsupported value: "Odd": supported values: "Fast", "Slow"',
      'spec.either: Invalid value: "boolean": spec.either in body must be of type integer,string: "boolean"',
      'spec.cron: Required value',
      'spec.template.apiVersion: Required value',
      'spec.ports[1]: Duplicate value: {"port":1}',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ],
  );
  assert.deepEqual(await causes(create('bad', { cron: '*', min: 6 })), ['spec: Invalid value: min 6 over max 5']);
  const { message } = await refusal(create('bad', { cron: '*', min: 6 }));
  assert.equal(message, 'CronTab.rules.example.com "bad" is invalid: spec: Invalid value: min 6 over max 5');
});

test('defaults and nulls; a transition rule; what was stored may stay', async () => {
  const created = await create('one', {
    cron: '*',
    max: null,
    min: null,
    template: { apiVersion: 'v1', kind: 'Pod', metadata: { creationTimestamp: null } },
  });
  assert.deepEqual(created.spec, { cron: '*', max: 5, template: { apiVersion: 'v1', kind: 'Pod', metadata: {} } });
  const resource = cronTabs(admin, group);
  const merge = (body: Json): Promise<CronTab> => resource.patch({ namespace: 'default', name: 'one' }, { type: 'merge', body });
  assert.deepEqual(await causes(merge({ spec: { cron: '1' } })), ['spec.cron: Invalid value: "1": may not change']);
  const definitions = admin.resource(customResourceDefinitionKind);
  const crd = await definitions.get({ name: `crontabs.${group}` });
  const stricter = structuredClone(crd);
  Object.assign(stricter.spec.versions[0]?.schema?.openAPIV3Schema?.properties?.['spec']?.properties ?? assert.fail(), {
    cron: { type: 'string', minLength: 5 },
  });
  await definitions.update(stricter);
  let probes = 0;
  await eventually(async () => assert.match((await causes(create(`probe${probes++}`, { cron: '*' }))).join(), /at least 5 chars/));
  assert.equal((await merge({ spec: { min: 1 } })).spec?.['min'], 1);
  assert.deepEqual(await causes(merge({ spec: { cron: '**' } })), [
    'spec.cron: Invalid value: "**": spec.cron in body should be at least 5 chars long',
  ]);
  await definitions.update({ ...(await definitions.get({ name: `crontabs.${group}` })), spec: crd.spec });
});

test('kubectl: unknown fields, applied lists by their keys, fields to select by', async () => {
  const manifest = (spec: Json, name = 'two'): string => JSON.stringify(of(name, spec));
  const told = (args: readonly string[], input: string): Promise<string> => kubectl(args, input).catch((error: Error) => error.message);
  assert.match(await told(['create', '--validate=strict', '-f', '-'], manifest({ cron: '*****', odd: 1 })), /unknown field "spec.odd"/);
  await kubectl(
    ['apply', '--server-side', '--field-manager=a', '-f', '-'],
    manifest({ cron: '*****', mode: 'Fast', ports: [{ port: 1, name: 'x' }] }),
  );
  await kubectl(['apply', '--server-side', '--field-manager=b', '-f', '-'], manifest({ cron: '*****', ports: [{ port: 2 }] }));
  assert.equal(await kubectl(['get', 'ct', 'two', '-o', 'jsonpath={.spec.ports}']), '[{"name":"x","port":1},{"port":2}]');
  assert.equal(await kubectl(['get', 'ct', '--field-selector', 'spec.mode=Fast', '-o', 'name']), 'crontab.rules.example.com/two\n');
  assert.match(await told(['get', 'ct', '--field-selector', 'spec.cron=x'], ''), /field label not supported: spec.cron/);
});

test('a definition with rules that make no sense is refused', async () => {
  const bad = (spec: Json): Promise<string> =>
    kubectl(
      ['create', '-f', '-'],
      JSON.stringify(
        definition('bad.example.com', [
          version('v1', { schema: { openAPIV3Schema: { type: 'object', properties: { spec } } }, selectableFields: [] }),
        ]),
      ),
    ).catch((error: Error) => error.message);
  assert.match(
    await bad({ type: 'object', 'x-kubernetes-validations': [{ rule: 'self.nope == 1' }] }),
    /compilation failed: ERROR: <input>:1:5: undefined field 'nope'/,
  );
  assert.match(
    await bad({ type: 'string', pattern: '(' }),
    /must be a valid regular expression, but isn't: error parsing regexp: missing closing \): `\(`/,
  );
  assert.match(
    await bad({ type: 'object', properties: { a: {} } }),
    /spec.validation.openAPIV3Schema.properties\[spec\].properties\[a\].type: Required value/,
  );
});
