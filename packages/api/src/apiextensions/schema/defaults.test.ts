import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { applyDefaults } from './defaults.ts';
import { compileSchema } from './structural.ts';

function defaulted(schema: JSONSchemaProps, object: Record<string, unknown>): unknown {
  applyDefaults(object, compileSchema(schema));
  return object;
}
const replicas: JSONSchemaProps = { type: 'integer', default: 1 };
const spec = (more: JSONSchemaProps = {}): JSONSchemaProps => ({ type: 'object', properties: { replicas }, ...more });

test('fields get their defaults where their object is there, and objects where they have one', () => {
  assert.deepEqual(defaulted({ properties: { spec: spec() } }, {}), {});
  assert.deepEqual(defaulted({ properties: { spec: spec() } }, { spec: {} }), { spec: { replicas: 1 } });
  assert.deepEqual(defaulted({ properties: { spec: spec({ default: {} }) } }, {}), { spec: { replicas: 1 } });
  assert.deepEqual(defaulted({ properties: { spec: spec() } }, { spec: { replicas: 0 } }), { spec: { replicas: 0 } });
  const list: JSONSchemaProps = { type: 'array', items: spec() };
  const map: JSONSchemaProps = { type: 'object', additionalProperties: spec() };
  assert.deepEqual(defaulted({ properties: { list, map } }, { list: [{}], map: { k: {} } }), {
    list: [{ replicas: 1 }],
    map: { k: { replicas: 1 } },
  });
});

test('null is a value only where it may be', () => {
  const schema = (field: JSONSchemaProps): JSONSchemaProps => ({ properties: { field } });
  assert.deepEqual(defaulted(schema({ type: 'integer' }), { field: null }), {});
  assert.deepEqual(defaulted(schema({ type: 'integer', nullable: true }), { field: null }), { field: null });
  assert.deepEqual(defaulted(schema({ type: 'integer', default: 3 }), { field: null }), { field: 3 });
  assert.deepEqual(defaulted(schema({ type: 'integer', default: 3, nullable: true }), { field: null }), { field: null });
  const map = { type: 'object', additionalProperties: { type: 'integer', default: 3 } };
  assert.deepEqual(defaulted(schema(map), { field: { k: null } }), { field: { k: 3 } });
});

test('no two objects share a default', () => {
  const schema = compileSchema({ properties: { spec: spec({ default: {} }) } });
  const [a, b]: { spec?: object }[] = [{}, {}];
  for (const object of [a, b]) if (object) applyDefaults(object as Record<string, unknown>, schema);
  assert.notEqual(a?.spec, b?.spec);
});
