import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { prune } from './prune.ts';
import { compileSchema } from './structural.ts';

function pruned(schema: JSONSchemaProps, object: Record<string, unknown>): [unknown: string[], left: unknown] {
  const unknown = prune(object, compileSchema(schema));
  return [unknown, object];
}
const of = (properties: Record<string, JSONSchemaProps>, more: JSONSchemaProps = {}): JSONSchemaProps => ({
  type: 'object',
  properties,
  ...more,
});
const text: JSONSchemaProps = { type: 'string' };
const preserved: JSONSchemaProps = { 'x-kubernetes-preserve-unknown-fields': true };

test('what no schema has goes, and is named', () => {
  const schema = of({ spec: of({ a: text, list: { type: 'array', items: of({ b: text }) } }) });
  const object = {
    apiVersion: 'x/v1',
    kind: 'X',
    metadata: { name: 'n' },
    spec: { a: '1', z: 1, list: [{ b: '' }, { c: {} }] },
    extra: {},
  };
  assert.deepEqual(pruned(schema, object), [
    ['extra', 'spec.list[1].c', 'spec.z'],
    { apiVersion: 'x/v1', kind: 'X', metadata: { name: 'n' }, spec: { a: '1', list: [{ b: '' }, {}] } },
  ]);
});

test('what is preserved stays, down to where properties are named again', () => {
  const schema = of({ any: preserved, spec: of({ strict: of({ a: text }) }, preserved) });
  const object = { any: { x: [{ y: 1 }] }, spec: { other: { x: 1 }, strict: { a: '', b: '' } } };
  assert.deepEqual(pruned(schema, object), [['spec.strict.b'], { any: { x: [{ y: 1 }] }, spec: { other: { x: 1 }, strict: { a: '' } } }]);
});

test('a list that is preserved keeps what its elements hold, but for their named properties', () => {
  const schema = of({ list: { type: 'array', items: of({ a: of({ b: text }) }), ...preserved } });
  assert.deepEqual(pruned(schema, { list: [{ x: 1, a: { b: '', c: '' } }] }), [['list[0].a.c'], { list: [{ x: 1, a: { b: '' } }] }]);
});

test('maps keep their keys; anything goes only as far as scalars', () => {
  const schema = of({
    map: { type: 'object', additionalProperties: of({ a: text }) },
    open: { type: 'object', additionalProperties: true },
  });
  assert.deepEqual(pruned(schema, { map: { k: { a: '', b: '' } }, open: { n: 1, o: { x: 1 } } }), [
    ['map.k.b', 'open.o.x'],
    { map: { k: { a: '' } }, open: { n: 1, o: {} } },
  ]);
});

test('an embedded object keeps its metadata', () => {
  const schema = of({ template: of({ spec: of({}) }, { 'x-kubernetes-embedded-resource': true }) });
  const template = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'n' }, spec: { x: 1 } };
  assert.deepEqual(pruned(schema, { template }), [
    ['template.spec.x'],
    { template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'n' }, spec: {} } },
  ]);
});
