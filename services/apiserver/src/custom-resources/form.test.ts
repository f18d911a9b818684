import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CustomResourceDefinition, type JSONSchemaProps, kindOfCustomResource } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { type CachedObject, encodeObject, ResourceCache, Version } from '@t8s/storage';
import { ConversionPending, shownOne, withConversions } from '../registry/stored-form.ts';
import { type Converter, renaming } from './conversion/converter.ts';
import { CustomForm } from './form.ts';

type Book = KubeObject & { spec?: Record<string, unknown> };

const schemaOf = (fields: Record<string, JSONSchemaProps>): JSONSchemaProps => ({
  type: 'object',
  properties: { spec: { type: 'object', properties: fields } },
});
const schemas = {
  v1: schemaOf({ title: { type: 'string' }, pages: { type: 'integer', default: 1 } }),
  v2: schemaOf({ title: { type: 'string' }, size: { type: 'integer', default: 9 } }),
};
const crd = {
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural: 'books', kind: 'Book' },
    versions: Object.entries(schemas).map(([name, openAPIV3Schema]) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: { openAPIV3Schema },
    })),
  },
} as unknown as CustomResourceDefinition;
const kinds = new Map(crd.spec.versions.map((version) => [version.name, kindOfCustomResource(crd, version)]));

function formOf(version: 'v1' | 'v2', converter: Converter = renaming): CustomForm {
  const [kind, storageKind] = [kinds.get(version), kinds.get('v1')];
  assert.ok(kind && storageKind);
  return new CustomForm({ kind, storageKind, kinds, converter, source: () => new ResourceCache(1), revision: () => 1 });
}
const book = (spec: object, version = 'v1'): Book =>
  ({ apiVersion: `example.com/${version}`, kind: 'Book', metadata: { name: 'b' }, spec }) as Book;
const stored = (object: KubeObject, revision = 7): CachedObject =>
  new Version({ key: 'b', revision, stored: encodeObject(object), object: structuredClone(object), type: 'ADDED' });
const specOf = ({ object, bytes }: CachedObject): unknown => {
  assert.deepEqual(JSON.parse(bytes.toString()), object);
  return (object as Book).spec;
};

test('what fits is shown as it is; what was stored by other rules is shown by those of today', async () => {
  const form = formOf('v1');
  const fits = stored(book({ title: 't', pages: 2 }));
  assert.equal(await shownOne(form, fits), fits);
  const old = await shownOne(form, stored(book({ title: 't', gone: true })));
  assert.deepEqual(specOf(old), { title: 't', pages: 1 });
  assert.equal(old.object.metadata.resourceVersion, '7');
  const own = book({ title: 't', pages: 1 });
  assert.equal(await form.stored(own), own);
});

test('another version: defaults of the stored one, fields of the one asked for, made once', async () => {
  const form = formOf('v2');
  const cached = stored(book({ title: 't' }));
  const shown = await shownOne(form, cached);
  assert.deepEqual([shown.object.apiVersion, specOf(shown)], ['example.com/v2', { title: 't' }]);
  assert.equal(await shownOne(form, cached), shown);
  assert.deepEqual(((await form.stored(book({ title: 't', size: 3 }, 'v2'))) as Book).spec, { title: 't' });
});

test('nobody asks for a conversion that is under way; in the middle of a write it is waited for', async () => {
  let asked = 0;
  const slow: Converter = {
    async convert(objects, apiVersion) {
      asked += objects.length;
      return objects.map((object) => ({ ...object, apiVersion }));
    },
  };
  const form = formOf('v2', slow);
  const cached = stored(book({ title: 't' }));
  const [one, other] = await Promise.all([shownOne(form, cached), shownOne(form, cached)]);
  assert.equal(one, other);
  assert.equal(asked, 1);
  const object = book({ title: 't' }, 'v2');
  assert.throws(() => form.inVersion(object, 'example.com/v1'), ConversionPending);
  const found = await withConversions(() => form.inVersion(object, 'example.com/v1'));
  assert.deepEqual([found?.object.apiVersion, found?.kind.version], ['example.com/v1', 'v1']);
  assert.equal(form.inVersion(object, 'example.com/v3'), undefined);
  assert.equal(form.inVersion(object, 'other.example.com/v1'), undefined);
});
