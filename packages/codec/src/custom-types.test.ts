import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addCustomType, type CustomResourceDefinition, type JSONSchemaProps, kindOfCustomResource } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { applyConfiguration } from './apply/apply.ts';
import { emptySet } from './apply/field-set.ts';
import { mergeType } from './apply/merge-type.ts';
import { decodeObject } from './decode-object.ts';

const openAPIV3Schema: JSONSchemaProps = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: {
            type: 'object',
            required: ['port'],
            properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: { type: 'string' } },
          },
        },
        raw: { 'x-kubernetes-preserve-unknown-fields': true },
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};
const crd: CustomResourceDefinition = {
  metadata: { name: 'crontabs.example.com' },
  spec: {
    group: 'example.com',
    names: { plural: 'crontabs', kind: 'CronTab' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
  },
};
const kind = kindOfCustomResource(crd, crd.spec.versions[0] ?? assert.fail());
after(addCustomType(kind));

const decode = (text: string, format: 'json' | 'yaml' = 'json'): ReturnType<typeof decodeObject> =>
  decodeObject({ bytes: Buffer.from(text), format, expected: kind });

test('a custom resource keeps what its schema names, whatever its type', () => {
  const { object, strictErrors } = decode(
    '{"metadata":{"name":"c","nom":1},"spec":{"replicas":3,"replicas":"three","x":1,"raw":{"a":null}},"more":[]}',
  );
  assert.deepEqual(object, {
    apiVersion: 'example.com/v1',
    kind: 'CronTab',
    metadata: { name: 'c' },
    spec: { replicas: 'three', raw: { a: null } },
  });
  assert.deepEqual(strictErrors, [
    'duplicate field "spec.replicas"',
    'unknown field "metadata.nom"',
    'unknown field "more"',
    'unknown field "spec.x"',
  ]);
  assert.deepEqual(decode('spec: {z: 1}', 'yaml').strictErrors, ['unknown field "spec.z"']);
  assert.throws(
    () => decode('{"apiVersion":"example.com/v2"}'),
    /^StatusError: the API version in the data \(example.com\/v2\) does not match/,
  );
  assert.throws(
    () => decode('{"kind":"X","metadata":{"name":"c"}}'),
    /X.example.com "c" is invalid: kind: Invalid value: "X": must be CronTab$/,
  );
  assert.throws(() => decode('{"metadata":{"labels":{"a":1}}}'), /cannot unmarshal number into Go struct field .*labels of type/);
});

test('metadata of objects within is metadata', () => {
  const metadata = '{"name":"p","creationTimestamp":null,"nom":1,"labels":{"a":"b"}}';
  const { object, strictErrors } = decode(`{"spec":{"template":{"apiVersion":"v1","kind":"Pod","metadata":${metadata},"x":1}}}`);
  assert.deepEqual(object['spec'], { template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels: { a: 'b' } }, x: 1 } });
  assert.deepEqual(strictErrors, ['unknown field "spec.template.metadata.nom"']);
});

test('its lists and maps merge as the schema says', () => {
  const managed = {
    group: 'example.com',
    version: 'v1',
    kind: 'CronTab',
    type: mergeType(kind.schema),
    subresource: '',
    resetFields: emptySet,
  };
  const apply = (live: KubeObject | undefined, manager: string, spec: object): KubeObject => {
    const configuration = { apiVersion: 'example.com/v1', kind: 'CronTab', metadata: { name: 'c' }, spec };
    return applyConfiguration({ managed, live, configuration, manager, force: false, now: 0 });
  };
  const first = apply(undefined, 'one', { tags: ['a'], ports: [{ port: 1, name: 'x' }], raw: { a: { b: 1 } } });
  const second = apply(first, 'two', { tags: ['b'], ports: [{ port: 1, protocol: 'UDP' }, { port: 2 }], raw: { a: { c: 1 } } });
  const { spec } = second as KubeObject & { spec: unknown };
  assert.deepEqual(spec, {
    tags: ['a', 'b'],
    ports: [{ port: 1, name: 'x' }, { port: 1, protocol: 'UDP' }, { port: 2 }],
    raw: { a: { b: 1, c: 1 } },
  });
  assert.throws(() => apply(first, 'two', { ports: [{ port: 1, protocol: 'TCP', name: 'y' }] }), /conflict with "one"/);
  assert.throws(() => apply(first, 'two', { nothing: 1 }), /\.spec\.nothing: field not declared in schema/);
});
