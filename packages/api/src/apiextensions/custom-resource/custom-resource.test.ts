import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage, type KubeObject } from '@t8s/meta';
import { schema } from '../../generated/schema.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion, JSONSchemaProps } from '../../generated/types.ts';
import { validateObjectMeta } from '../../object-meta/validate.ts';
import { addCustomType } from './custom-type.ts';
import { kindOfCustomResource } from './kind.ts';

const cronTabs = (openAPIV3Schema: JSONSchemaProps = { type: 'object' }): CustomResourceDefinition => ({
  metadata: { name: 'crontabs.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'] },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, subresources: { status: {} } }],
  },
});
const kindOf = (crd: CustomResourceDefinition): ReturnType<typeof kindOfCustomResource> =>
  kindOfCustomResource(crd, crd.spec.versions[0] ?? assert.fail());
const cronTab = (content: object): KubeObject => ({ metadata: { name: 'c', generation: 4 }, ...content });

test('a kind of its own, with names as accepted', () => {
  const crd = cronTabs();
  const { resource, singular, shortNames, namespaced } = kindOf(crd);
  assert.deepEqual([resource, singular, shortNames, namespaced], ['crontabs', 'crontab', ['ct'], true]);
  const acceptedNames = { plural: 'crontabs', kind: 'CronTab', singular: 'tab' };
  assert.equal(kindOf({ ...crd, status: { acceptedNames } }).singular, 'tab');
  assert.equal(kindOf({ ...crd, status: { acceptedNames } }).shortNames, undefined);
});

test('generation counts what is not metadata; status has a writer of its own', () => {
  const { strategy } = kindOf(cronTabs());
  const created = cronTab({ spec: {}, status: { ready: true } });
  strategy.prepareForCreate?.(created);
  assert.deepEqual(created, { metadata: { name: 'c', generation: 1 }, spec: {} });
  const old = cronTab({ spec: { replicas: 1 }, status: { ready: true } });
  const changed = cronTab({ spec: { replicas: 2 } });
  strategy.prepareForUpdate?.(changed, old);
  assert.deepEqual(changed, { metadata: { name: 'c', generation: 5 }, spec: { replicas: 2 }, status: { ready: true } });
  const labelled = cronTab({ spec: { replicas: 1 }, status: { ready: false } });
  strategy.prepareForUpdate?.(labelled, old);
  assert.equal(labelled.metadata.generation, 4);
});

test('a type is forgotten only by whoever added it', () => {
  const first = kindOf(cronTabs());
  const second = kindOf(cronTabs({ type: 'object', properties: { spec: { type: 'object' } } }));
  const forgetFirst = addCustomType(first);
  const forgetSecond = addCustomType(second);
  forgetFirst();
  assert.deepEqual(Object.keys(schema[second.schema]?.fields ?? {}), ['spec', 'apiVersion', 'kind', 'metadata']);
  forgetSecond();
  assert.equal(schema[second.schema], undefined);
});

const withVersion = (
  more: Partial<CustomResourceDefinitionVersion>,
  properties: Record<string, JSONSchemaProps> = {},
): ReturnType<typeof kindOfCustomResource> => {
  const crd = cronTabs({ type: 'object', properties: { spec: { type: 'object', properties }, status: { type: 'object' } } });
  const [version] = crd.spec.versions;
  return kindOfCustomResource(crd, { ...(version ?? assert.fail()), ...more });
};

test('columns of all types; what does not fit its column leaves it empty', () => {
  const of = (...columns: [type: string, jsonPath: string][]): ReturnType<typeof withVersion> =>
    withVersion({ additionalPrinterColumns: columns.map(([type, jsonPath]) => ({ name: jsonPath, type, jsonPath })) });
  const now = Date.parse('2024-01-01T00:05:00Z');
  const object = cronTab({ spec: { n: 1.5, s: 'x', b: true, o: { b: 1, a: [1] }, at: '2024-01-01T00:00:00Z', list: [{ k: 'a', v: 1 }] } });
  const cases: [type: string, jsonPath: string, cell: unknown][] = [
    ['string', '.spec.n', '1.5'],
    ['string', '.spec.o', '{"a":[1],"b":1}'],
    ['string', '.spec.list[?(@.k=="a")].v', '1'],
    ['integer', '.spec.n', 1],
    ['integer', '.spec.s', null],
    ['number', '.spec.n', 1.5],
    ['boolean', '.spec.b', true],
    ['date', '.spec.at', '5m'],
    ['date', '.spec.s', '<invalid>'],
    ['string', '.spec.absent', null],
  ];
  for (const [type, jsonPath, cell] of cases)
    assert.equal(of([type, jsonPath]).columns?.[1]?.cell(object, now), cell, `${type} ${jsonPath}`);
  assert.deepEqual(
    withVersion({}).columns?.map(({ name, type }) => [name, type]),
    [
      ['Name', 'string'],
      ['Age', 'date'],
    ],
  );
  assert.deepEqual(
    of(['string', '.spec[x]'], ['string', '.spec.s']).columns?.map(({ name }) => name),
    ['Name'],
  );
});

test('scale finds the numbers, and makes place for them', () => {
  const scale = { specReplicasPath: '.spec.size.n', statusReplicasPath: '.status.n', labelSelectorPath: '.status.selector' };
  const { subresources, strategy } = withVersion(
    { subresources: { scale } },
    { size: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  );
  const access = subresources?.scale ?? assert.fail();
  const object = cronTab({ status: { n: 2, selector: 'a=b' } });
  assert.equal(access.replicas(object), 0);
  access.setReplicas(object, 3);
  assert.deepEqual(object, cronTab({ spec: { size: { n: 3 } }, status: { n: 2, selector: 'a=b' } }));
  assert.deepEqual([access.replicas(object), access.statusReplicas(object), access.selector(object)], [3, 2, 'a=b']);
  const messages = (content: object): string[] => (strategy.validateCreate?.(cronTab(content)) ?? []).map(fieldErrorMessage);
  assert.deepEqual(messages({ spec: { size: { n: 'x' } }, status: {} }), [
    '.spec.size.n: Invalid value: 0: .spec.size.n accessor error: x is of the type string, expected int64',
  ]);
  assert.deepEqual(messages({ spec: { size: { n: -1 } } }), ['.spec.size.n: Invalid value: -1: should be a non-negative integer']);
  assert.deepEqual(messages({ spec: { size: { n: 2 ** 31 } } }), [
    '.spec.size.n: Invalid value: 2147483648: should be less than or equal to 2147483647',
  ]);
});

test('fields may be selected by their paths, and by no others', () => {
  const { selectableFields } = withVersion({ selectableFields: [{ jsonPath: '.spec.color' }, { jsonPath: '.spec.on' }] });
  assert.deepEqual(selectableFields?.(cronTab({ spec: { color: 'red', on: false } })), { 'spec.color': 'red', 'spec.on': 'false' });
  assert.deepEqual(selectableFields?.(cronTab({})), { 'spec.color': '', 'spec.on': '' });
});

test('a write of the status leaves labels, finalizers and the like alone', () => {
  assert.deepEqual(withVersion({}).subresources?.status?.keeps, ['annotations', 'finalizers', 'labels', 'ownerReferences']);
});

test('finalizers need no domain, but new ones without are warned of', () => {
  const { strategy } = withVersion({});
  const finalized = (...finalizers: string[]): KubeObject => ({ metadata: { name: 'c', finalizers } });
  const warning = (name: string): string =>
    `metadata.finalizers: "${name}": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`;
  assert.deepEqual(strategy.warnings?.(finalized('b', 'a', 'e.com/f', 'foregroundDeletion')), [warning('a'), warning('b')]);
  assert.deepEqual(strategy.warnings?.(finalized('a'), finalized('a')), []);
  const rules = { namespaced: false, validateName: () => [] };
  assert.deepEqual(validateObjectMeta(finalized('a').metadata, { ...rules, freeFinalizers: strategy.freeFinalizers ?? false }), []);
  assert.equal(validateObjectMeta(finalized('a').metadata, rules).length, 1);
});

test('a write of the status is asked about the status only', () => {
  const status: JSONSchemaProps = { type: 'object', properties: { n: { type: 'integer' } } };
  const { subresources } = kindOf(cronTabs({ type: 'object', required: ['spec'], properties: { spec: { type: 'object' }, status } }));
  const messages = (content: object): string[] =>
    (subresources?.status?.validate?.(cronTab({ status: content }), cronTab({})) ?? []).map(fieldErrorMessage);
  assert.deepEqual(messages({ n: 1 }), []);
  assert.deepEqual(messages({ n: 'x' }), ['status.n: Invalid value: "string": n in body must be of type integer: "string"']);
});

test('a deprecated version says so, and where to go', () => {
  const crd = cronTabs();
  const [v1 = assert.fail()] = crd.spec.versions;
  const deprecation = (deprecationWarning?: string, ...more: string[]): string | undefined => {
    const old = { ...v1, name: 'v1beta1', deprecated: true, ...(deprecationWarning && { deprecationWarning }) };
    const versions = [old, ...more.map((name) => ({ ...v1, name }))];
    return kindOfCustomResource({ ...crd, spec: { ...crd.spec, versions } }, old).deprecation;
  };
  assert.equal(deprecation(), 'stable.example.com/v1beta1 CronTab is deprecated');
  assert.equal(
    deprecation(undefined, 'v1alpha1', 'v1', 'v2'),
    'stable.example.com/v1beta1 CronTab is deprecated; use stable.example.com/v2 CronTab',
  );
  assert.equal(deprecation('gone soon', 'v1'), 'gone soon');
});
