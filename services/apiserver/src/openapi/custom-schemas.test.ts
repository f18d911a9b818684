import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCustomType, type CustomResourceDefinition, type JSONSchemaProps, kindOfCustomResource } from '@t8s/api';
import { customDefinitions } from './custom-schemas.ts';
import { paths } from './paths.ts';
import type { Dialect } from './schemas.ts';

type Json = Record<string, unknown>;

const openAPIV3Schema: JSONSchemaProps = {
  type: 'object',
  properties: {
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      properties: {
        size: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
        maybe: { type: 'object', nullable: true, properties: { a: { type: 'string' } } },
        open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: { type: 'string' } } },
        needs: { type: 'object', required: ['a', 'b'], properties: { a: { type: 'string', nullable: true }, b: { type: 'string' } } },
        pod: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
      },
    },
  },
};
const crd = {
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'books', kind: 'Book', listKind: 'Shelf' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, selectableFields: [{ jsonPath: '.spec.size' }] }],
  },
} as unknown as CustomResourceDefinition;
const kind = kindOfCustomResource(crd, crd.spec.versions[0] ?? assert.fail());
let forget: () => void;
before(() => {
  forget = addCustomType(kind);
});
after(() => forget());

const specOf = (dialect: Dialect): Record<string, Json> => {
  const book = customDefinitions(kind, dialect)['com.example.stable.v1.Book'] as {
    properties: { spec: { properties: Record<string, Json> } };
  };
  return book.properties.spec.properties;
};

test('a kind and its list, with their metadata', () => {
  const definitions = customDefinitions(kind, 'v3') as Record<
    string,
    { properties: Record<string, Json>; 'x-kubernetes-group-version-kind': Json[] }
  >;
  assert.deepEqual(Object.keys(definitions), ['com.example.stable.v1.Book', 'com.example.stable.v1.Shelf']);
  const { properties, ...book } = definitions['com.example.stable.v1.Book'] ?? assert.fail();
  assert.deepEqual(book['x-kubernetes-group-version-kind'], [{ group: 'stable.example.com', kind: 'Book', version: 'v1' }]);
  assert.deepEqual((book as Json)['x-kubernetes-selectable-fields'], [{ fieldPath: 'spec.size' }]);
  assert.deepEqual(properties['metadata']?.['allOf'], [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }]);
  const list = definitions['com.example.stable.v1.Shelf'];
  assert.deepEqual(list?.properties['items']?.['items'], { $ref: '#/components/schemas/com.example.stable.v1.Book' });
});

test('OpenAPI 3 has all that the author wrote, OpenAPI 2 what its readers bear', () => {
  assert.deepEqual(specOf('v3')['maybe'], { type: 'object', nullable: true, properties: { a: { type: 'string' } } });
  assert.deepEqual(specOf('v2')['maybe'], {});
  assert.deepEqual(specOf('v2')['open'], { 'x-kubernetes-preserve-unknown-fields': true });
  assert.deepEqual([specOf('v2')['needs']?.['required'], specOf('v3')['needs']?.['required']], [['b'], ['a', 'b']]);
  assert.deepEqual(specOf('v2')['size'], { 'x-kubernetes-int-or-string': true });
  assert.deepEqual(Object.keys((specOf('v3')['pod']?.['properties'] ?? {}) as Json), ['spec', 'apiVersion', 'kind', 'metadata']);
  assert.deepEqual(specOf('v2')['pod']?.['required'], ['kind', 'apiVersion']);
});

test('of what may have any field, OpenAPI 2 names none', () => {
  const [version = assert.fail()] = crd.spec.versions;
  const schema = { openAPIV3Schema: { ...openAPIV3Schema, 'x-kubernetes-preserve-unknown-fields': true } };
  const open = kindOfCustomResource(crd, { ...version, name: 'v2', schema, selectableFields: [] });
  const forgetOpen = addCustomType(open);
  const [book] = Object.values(customDefinitions(open, 'v2'));
  forgetOpen();
  assert.deepEqual(book, {
    type: 'object',
    'x-kubernetes-group-version-kind': [{ group: 'stable.example.com', kind: 'Book', version: 'v2' }],
  });
});

test('no operation takes a strategic merge patch', () => {
  const item = paths([kind], 'v2')['/apis/stable.example.com/v1/namespaces/{namespace}/books/{name}'] as { patch: { consumes: string[] } };
  assert.deepEqual(item.patch.consumes, ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']);
});
