import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { compileSchema } from './structural.ts';
import { validateAgainst } from './validate.ts';

type Json = Record<string, unknown>;

/** Errors of `spec.f` with this schema. */
function errorsOf(f: JSONSchemaProps, value: unknown, old?: unknown): string[] {
  const schema = compileSchema({ type: 'object', properties: { spec: { type: 'object', properties: { f } } } });
  const object = (inner: unknown): Json => ({ spec: { f: inner } });
  return validateAgainst(object(value), schema, old === undefined ? undefined : object(old)).map(fieldErrorMessage);
}

test('each rule in the words of upstream', () => {
  const text: JSONSchemaProps = { type: 'string' };
  const cases: [schema: JSONSchemaProps, value: unknown, ...errors: string[]][] = [
    [{ type: 'integer' }, 'x', 'spec.f: Invalid value: "string": spec.f in body must be of type integer: "string"'],
    [{ type: 'integer' }, 1.5, 'spec.f: Invalid value: "number": spec.f in body must be of type integer: "number"'],
    [{ type: 'number' }, 1],
    [{ type: 'integer' }, 1e300, 'spec.f: Invalid value: "number": spec.f in body must be of type integer: "number"'],
    [{ type: 'string' }, true, 'spec.f: Invalid value: "boolean": spec.f in body must be of type string: "boolean"'],
    [{ type: 'array', items: text }, {}, 'spec.f: Invalid value: "object": spec.f in body must be of type array: "object"'],
    [{ type: 'string' }, null, 'spec.f: Invalid value: "null": spec.f in body must be of type string: "null"'],
    [{ type: 'string', nullable: true }, null],
    [
      { 'x-kubernetes-int-or-string': true },
      true,
      'spec.f: Invalid value: "boolean": spec.f in body must be of type integer,string: "boolean"',
    ],
    [{ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, '25%'],
    [{ type: 'integer', minimum: 1 }, 0, 'spec.f: Invalid value: 0: spec.f in body should be greater than or equal to 1'],
    [{ type: 'integer', maximum: 10, exclusiveMaximum: true }, 10, 'spec.f: Invalid value: 10: spec.f in body should be less than 10'],
    [{ type: 'number', multipleOf: 0.1 }, 0.25, 'spec.f: Invalid value: 0.25: spec.f in body should be a multiple of 0.1'],
    [{ ...text, maxLength: 2 }, 'äöü', 'spec.f: Too long: may not be more than 2 bytes'],
    [{ ...text, minLength: 1 }, '', 'spec.f: Invalid value: "": spec.f in body should be at least 1 chars long'],
    [{ ...text, pattern: '^[a-z]+$' }, 'A', `spec.f: Invalid value: "A": spec.f in body should match '^[a-z]+$'`],
    [{ ...text, enum: ['b', 'a'] }, 'c', 'spec.f: Unsupported value: "c": supported values: "b", "a"'],
    [{ ...text, format: 'ipv4' }, 'x', 'spec.f: Invalid value: "x": spec.f in body must be of type ipv4: "x"'],
    [
      { ...text, format: 'date-time' },
      '2024-02-30T00:00:00Z',
      'spec.f: Invalid value: "2024-02-30T00:00:00Z": spec.f in body must be of type date-time: "2024-02-30T00:00:00Z"',
    ],
    [{ ...text, format: 'nobody-knows' }, 'x'],
    [{ type: 'array', items: text, minItems: 1 }, [], 'spec.f: Invalid value: 0: spec.f in body should have at least 1 items'],
    [{ type: 'array', items: text, maxItems: 1 }, ['a', 'b'], 'spec.f: Too many: 2: must have at most 1 item'],
    [{ type: 'array', items: text }, ['a', 1], 'spec.f[1]: Invalid value: "integer": spec.f[1] in body must be of type string: "integer"'],
    [{ type: 'object', required: ['a'], properties: { a: text } }, {}, 'spec.f.a: Required value'],
    [
      { type: 'object', additionalProperties: text },
      { k: 1 },
      'spec.f.k: Invalid value: "integer": spec.f.k in body must be of type string: "integer"',
    ],
    [{ type: 'object', minProperties: 1 }, {}, 'spec.f: Invalid value: 0: spec.f in body should have at least 1 properties'],
    [{ type: 'array', items: text, 'x-kubernetes-list-type': 'set' }, ['a', 'b', 'a', 'a'], 'spec.f[2]: Duplicate value: "a"'],
  ];
  for (const [schema, value, ...errors] of cases) assert.deepEqual(errorsOf(schema, value), errors, JSON.stringify(schema));
});

test('alternatives: what fails of the closest one is told with them', () => {
  const a: JSONSchemaProps = { required: ['a'], properties: { a: { minLength: 2 } } };
  const b: JSONSchemaProps = { required: ['b'] };
  const base: JSONSchemaProps = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } };
  assert.deepEqual(errorsOf({ ...base, oneOf: [a, b] }, { a: 'x' }), [
    '<nil>: Invalid value: "": "spec.f" must validate one and only one schema (oneOf). Found none valid',
    'spec.f.a: Invalid value: "x": spec.f.a in body should be at least 2 chars long',
  ]);
  assert.deepEqual(errorsOf({ ...base, oneOf: [a, b] }, { a: 'xx', b: '' }), [
    '<nil>: Invalid value: "": "spec.f" must validate one and only one schema (oneOf). Found 2 valid alternatives',
  ]);
  assert.deepEqual(errorsOf({ ...base, anyOf: [a, b] }, { a: 'xx', b: '' }), []);
  assert.deepEqual(errorsOf({ ...base, anyOf: [b] }, {}), [
    '<nil>: Invalid value: "": "spec.f" must validate at least one schema (anyOf)',
    'spec.f.b: Required value',
  ]);
  assert.deepEqual(errorsOf({ ...base, allOf: [a, b] }, { b: '' }), [
    'spec.f.a: Required value',
    '<nil>: Invalid value: "": "spec.f" must validate all the schemas (allOf)',
  ]);
  assert.deepEqual(errorsOf({ ...base, not: b }, { b: '' }), ['<nil>: Invalid value: "": "spec.f" must not validate the schema (not)']);
});

test('map lists have each key once', () => {
  const ports: JSONSchemaProps = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['port', 'name'],
    items: { type: 'object', properties: { port: { type: 'integer' }, name: { type: 'string' } } },
  };
  const twice = [{ port: 1 }, { port: 1, name: '' }, { name: '', port: 1, more: 1 }];
  assert.deepEqual(errorsOf(ports, twice), ['spec.f[2]: Duplicate value: {"name":"","port":1}']);
  assert.deepEqual(errorsOf(ports, [...twice, { port: 2 }], twice), [], 'what was stored may stay');
});

test('an embedded object is one', () => {
  const schema: JSONSchemaProps = {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  };
  assert.deepEqual(errorsOf(schema, { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { a: 'b' } } }), []);
  assert.deepEqual(
    errorsOf(schema, { kind: 'P/', metadata: { labels: { a: '-' } } }).map((message) => message.slice(0, 40)),
    ['spec.f.apiVersion: Required value', 'spec.f.kind: Invalid value: "P/": may ha', 'spec.f.metadata.labels: Invalid value: "'],
  );
});

test('an update is not held to what it leaves as it was', () => {
  const object: JSONSchemaProps = {
    type: 'object',
    properties: { a: { type: 'string', maxLength: 1 }, b: { type: 'string', maxLength: 1 } },
  };
  assert.deepEqual(errorsOf(object, { a: 'long', b: 'x' }, { a: 'long' }), []);
  assert.deepEqual(errorsOf(object, { a: 'longer', b: 'x' }, { a: 'long' }), ['spec.f.a: Too long: may not be more than 1 byte']);
  const list: JSONSchemaProps = { type: 'array', items: object };
  assert.equal(errorsOf(list, [{ a: 'long' }, {}], [{ a: 'long' }]).length, 1, 'elements of atomic lists have no past');
  const map: JSONSchemaProps = { ...list, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['b'] };
  assert.deepEqual(errorsOf(map, [{ b: 'y' }, { b: 'x', a: 'long' }], [{ b: 'x', a: 'long' }]), []);
  const old = [{ b: 'x' }, { b: 'y' }];
  assert.deepEqual(errorsOf({ ...map, maxItems: 1 }, old.toReversed(), old), [], 'elements with keys may move');
  assert.equal(errorsOf({ ...list, maxItems: 1 }, old.toReversed(), old).length, 1);
});

test('an object that is wrong everywhere is told a thousand of its errors, in no more than the time to look at it', () => {
  const list: JSONSchemaProps = { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } };
  assert.equal(
    errorsOf(
      list,
      Array.from({ length: 100_000 }, () => ({ n: 'x' })),
    ).length,
    1000,
  );
});
