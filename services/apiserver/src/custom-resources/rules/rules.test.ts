import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CustomResourceDefinition, compileSchema, type JSONSchemaProps, kindOfCustomResource, type ValidationRule } from '@t8s/api';
import { fieldErrorMessage, type KubeObject } from '@t8s/meta';
import { rulesOf } from './check-rules.ts';
import { escapeName } from './escape-name.ts';
import { definitionRuleErrors } from './validate-definition.ts';

type Json = Record<string, unknown>;

const specOf = (properties: Record<string, JSONSchemaProps>, ...rules: ValidationRule[]): JSONSchemaProps => ({
  type: 'object',
  properties: { spec: { type: 'object', properties, 'x-kubernetes-validations': rules } },
});
/** Errors of objects with this spec. */
function errorsOf(schema: JSONSchemaProps, spec: Json, old?: Json): string[] {
  const rules = rulesOf(compileSchema(schema)) ?? assert.fail('no rules');
  const object = (inner: Json): Json => ({ apiVersion: 'e.com/v1', kind: 'E', metadata: { name: 'e' }, spec: inner });
  return rules(object(spec), old && object(old)).map(fieldErrorMessage);
}
const numbers: Record<string, JSONSchemaProps> = { min: { type: 'integer' }, max: { type: 'integer' } };

test('rules and their messages', () => {
  const rule = 'self.min <= self.max';
  const check = (more: Partial<ValidationRule>, spec: Json): string[] => errorsOf(specOf(numbers, { rule, ...more }), spec);
  assert.deepEqual(check({}, { min: 1, max: 2 }), []);
  assert.deepEqual(check({}, { min: 3, max: 2 }), ['spec: Invalid value: failed rule: self.min <= self.max']);
  assert.deepEqual(check({ message: 'min over max' }, { min: 3, max: 2 }), ['spec: Invalid value: min over max']);
  assert.deepEqual(check({ messageExpression: '"%d over %d".format([self.min, self.max])', message: 'x' }, { min: 3, max: 2 }), [
    'spec: Invalid value: 3 over 2',
  ]);
  assert.deepEqual(check({ messageExpression: '""', message: 'x' }, { min: 3, max: 2 }), ['spec: Invalid value: x']);
  assert.deepEqual(check({ fieldPath: '.min', reason: 'FieldValueForbidden', message: 'no' }, { min: 3, max: 2 }), [
    'spec.min: Forbidden: no',
  ]);
  assert.deepEqual(check({}, { max: 2 }), ['spec: Invalid value: "object": no such key: min evaluating rule: self.min <= self.max']);
});

test('rules at any depth; scalars are shown', () => {
  const rules = [{ rule: 'self > 0', message: 'must be positive' }];
  const count: JSONSchemaProps = { type: 'integer', 'x-kubernetes-validations': rules };
  const schema: JSONSchemaProps = {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { list: { type: 'array', items: count }, map: { type: 'object', additionalProperties: count } } },
    },
    'x-kubernetes-validations': [{ rule: 'self.metadata.name == "e" && self.kind == "E"' }],
  };
  assert.deepEqual(errorsOf(schema, { list: [1, 0], map: { k: -1 } }), [
    'spec.list[1]: Invalid value: 0: must be positive',
    'spec.map[k]: Invalid value: -1: must be positive',
  ]);
});

test('names that are no names of CEL are escaped, days are times', () => {
  assert.equal(escapeName('x-a.b/c'), 'x__dash__a__dot__b__slash__c');
  assert.equal(escapeName('namespace'), '__namespace__');
  assert.equal(escapeName('a__b'), 'a__underscores__b');
  assert.equal(escapeName('ä'), undefined);
  const fields: Record<string, JSONSchemaProps> = { 'x-n': { type: 'integer' }, on: { type: 'string', format: 'date' } };
  const schema = specOf(fields, { rule: "self.x__dash__n == 1 && self.on > timestamp('2024-01-01T00:00:00Z')" });
  assert.deepEqual(errorsOf(schema, { 'x-n': 1, on: '2024-01-02' }), []);
  assert.equal(errorsOf(schema, { 'x-n': 1, on: '2023-01-02' }).length, 1);
});

test('transition rules hold where there is a value before', () => {
  const schema = specOf({ n: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'must not shrink' }] } });
  assert.deepEqual(errorsOf(schema, { n: 1 }), []);
  assert.deepEqual(errorsOf(schema, { n: 1 }, {}), []);
  assert.deepEqual(errorsOf(schema, { n: 1 }, { n: 2 }), ['spec.n: Invalid value: 1: must not shrink']);
  const optional = specOf(numbers, { rule: 'oldSelf.hasValue() || self.min == 0', optionalOldSelf: true, message: 'starts at 0' });
  assert.deepEqual(errorsOf(optional, { min: 1 }), ['spec: Invalid value: starts at 0']);
  assert.deepEqual(errorsOf(optional, { min: 1 }, { min: 0 }), []);
});

test('all of an object can be compared with what it was', () => {
  const inner: JSONSchemaProps = { type: 'object', properties: { a: { type: 'string' } } };
  const properties = { o: inner, list: { type: 'array', items: inner }, map: { type: 'object', additionalProperties: inner } };
  const spec = { o: { a: 'x' }, list: [{ a: 'x' }], map: { k: { a: 'x' } } };
  for (const part of ['', '.o', '.list', '.map', '.list[0]', '.map["k"]']) {
    const schema = specOf(properties, { rule: `self${part} == oldSelf${part}` });
    assert.deepEqual(errorsOf(schema, spec, spec), [], part);
    assert.equal(errorsOf(schema, { o: { a: 'y' }, list: [{ a: 'y' }], map: { k: { a: 'y' } } }, spec).length, 1, part);
  }
});

test('elements of map lists have a past, others have not', () => {
  const items: JSONSchemaProps = {
    type: 'object',
    properties: { k: { type: 'string' }, n: { type: 'integer' } },
    'x-kubernetes-validations': [{ rule: 'self.n == oldSelf.n', message: 'stays' }],
  };
  const list = (more: JSONSchemaProps): JSONSchemaProps => specOf({ list: { type: 'array', items, ...more } });
  const map = list({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] });
  const old = {
    list: [
      { k: 'a', n: 1 },
      { k: 'b', n: 2 },
    ],
  };
  assert.deepEqual(
    errorsOf(
      map,
      {
        list: [
          { k: 'b', n: 3 },
          { k: 'c', n: 4 },
        ],
      },
      old,
    ),
    ['spec.list[0]: Invalid value: stays'],
  );
  assert.deepEqual(errorsOf(list({}), { list: [{ k: 'a', n: 9 }] }, old), []);
});

test('what an update leaves as it was is not held against it', () => {
  const schema = specOf({
    n: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 0' }] },
    list: { type: 'array', items: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 0' }] } },
  });
  assert.deepEqual(errorsOf(schema, { n: 0, list: [0] }, { n: 0, list: [0] }), []);
  assert.deepEqual(errorsOf(schema, { n: 0, list: [0, 1] }, { n: 0, list: [0] }), [
    'spec.list[0]: Invalid value: 0: failed rule: self > 0',
  ]);
});

test('costs are limited', () => {
  const schema = specOf(
    { list: { type: 'array', items: { type: 'integer' } } },
    { rule: 'self.list.all(a, self.list.all(b, self.list.all(c, a + b + c > 0)))' },
  );
  const list = Array.from({ length: 300 }, () => 1);
  assert.deepEqual(errorsOf(schema, { list }), [
    `spec: Invalid value: "object": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: self.list.all(a, self.list.all(b, self.list.all(c, a + b + c > 0)))`,
  ]);
});

function crdOf(openAPIV3Schema: JSONSchemaProps): CustomResourceDefinition {
  return {
    metadata: { name: 'es.e.com' },
    spec: {
      group: 'e.com',
      names: { plural: 'es', kind: 'E', singular: 'e', listKind: 'EList' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
      conversion: { strategy: 'None' },
    },
    status: { storedVersions: ['v1'] },
  };
}

test('rules that can’t be compiled keep a definition out', () => {
  const errors = (schema: JSONSchemaProps): string[] => definitionRuleErrors(crdOf(schema)).map(fieldErrorMessage);
  const at = 'spec.validation.openAPIV3Schema.properties[spec]';
  assert.deepEqual(errors(specOf(numbers, { rule: 'self.min < 3', messageExpression: '"x"' })), []);
  const [unknown = '', type = '', optional = '', message = ''] = errors(
    specOf(
      numbers,
      { rule: 'self.nope' },
      { rule: 'self.min' },
      { rule: 'true', optionalOldSelf: true },
      { rule: 'true', messageExpression: '1' },
    ),
  );
  assert.match(
    unknown,
    /^spec\..*x-kubernetes-validations\[0\].rule: Invalid value: \{"Rule":"self.nope",.*\}: compilation failed: ERROR: <input>:1:5: undefined field 'nope'/,
  );
  assert.match(type, /validations\[1\].rule: Invalid value: .*: cel expression must evaluate to a bool$/);
  assert.equal(
    optional,
    `${at}.x-kubernetes-validations[2].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`,
  );
  assert.match(message, /validations\[3\].messageExpression: .*: messageExpression must evaluate to a string$/);
  const list: JSONSchemaProps = {
    type: 'array',
    items: { type: 'integer', 'x-kubernetes-validations': [{ rule: "self == oldSelf || 'oldSelf' == ''" }] },
  };
  assert.match(
    errors(specOf({ list })).join(),
    /oldSelf cannot be used on the uncorrelatable portion of the schema within .*properties\[list\]$/,
  );
  assert.deepEqual(errors(specOf({ list: { type: 'string', 'x-kubernetes-validations': [{ rule: "self != 'oldSelf'" }] } })), []);
});

test('a default that breaks the rules of its schema keeps a definition out', () => {
  const errors = (fallback: number): string[] => {
    const n: JSONSchemaProps = {
      type: 'integer',
      default: fallback,
      'x-kubernetes-validations': [{ rule: 'self > 0 && self == oldSelf' }],
    };
    return definitionRuleErrors(crdOf(specOf({ n }))).map(fieldErrorMessage);
  };
  assert.deepEqual(errors(1), []);
  assert.deepEqual(errors(0), [
    'spec.validation.openAPIV3Schema.properties[spec].properties[n].default: Invalid value: 0: failed rule: self > 0 && self == oldSelf',
  ]);
});

test('an object that is no such object is not asked about rules', () => {
  const crd = crdOf(specOf(numbers, { rule: 'self.min <= self.max' }));
  const { strategy } = kindOfCustomResource(crd, crd.spec.versions[0] ?? assert.fail(), { rulesOf });
  const messages = (spec: Json): string[] =>
    (strategy.validateCreate?.({ metadata: { name: 'e' }, spec } as KubeObject) ?? []).map(fieldErrorMessage);
  assert.deepEqual(messages({ min: 'x', max: 1 }), [
    'spec.min: Invalid value: "string": spec.min in body must be of type integer: "string"',
    '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  ]);
  assert.deepEqual(messages({ min: 2, max: 1 }), ['spec: Invalid value: failed rule: self.min <= self.max']);
});
