import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@t8s/meta';
import { schema } from '../../generated/schema.ts';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../generated/types.ts';
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
