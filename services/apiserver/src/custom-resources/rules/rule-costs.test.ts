import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CustomResourceDefinition, compileSchema, type JSONSchemaProps } from '@t8s/api';
import { CelError } from '@t8s/cel';
import { fieldErrorMessage, type KubeObject } from '@t8s/meta';
import { compileRules } from './compile-rules.ts';
import { definitionRuleErrors } from './validate-definition.ts';

type Make = (max?: number) => JSONSchemaProps;

const scalar = (name: string): JSONSchemaProps =>
  name === 'int-or-string'
    ? { 'x-kubernetes-int-or-string': true }
    : ['duration', 'date', 'date-time'].includes(name)
      ? { type: 'string', format: name }
      : { type: name };
const text: Make = (max) => ({ type: 'string', ...(max !== undefined && { maxLength: max }) });
const list =
  (items: JSONSchemaProps): Make =>
  (max) => ({ type: 'array', items, ...(max !== undefined && { maxItems: max }) });
const map =
  (of: JSONSchemaProps): Make =>
  (max) => ({ type: 'object', additionalProperties: of, ...(max !== undefined && { maxProperties: max }) });
const texts: Make = (max) => list(text(max))(max);
const object =
  (fields: Record<string, Make>): Make =>
  (max) => ({ type: 'object', properties: Object.fromEntries(Object.entries(fields).map(([name, make]) => [name, make(max)])) });

/** What a rule costs at most. */
function costOf(schema: JSONSchemaProps, rule: string): number {
  const tree = compileRules(compileSchema({ ...schema, 'x-kubernetes-validations': [{ rule }] }), false);
  const program = tree?.rules[0]?.program;
  if (!tree || !program || program instanceof CelError)
    assert.fail(`${rule}: ${program instanceof CelError ? program.message : 'no rule'}`);
  return program.estimate(tree.extent);
}

/** Numbers of upstream's own table: without a limit of the schema's own, and with one. */
const known: [make: Make, rule: string, free: number, max: number, limited: number][] = [
  [list(scalar('number')), 'self.all(x, true)', 4718591, 10, 32],
  [list(scalar('string')), 'self.all(x, true)', 3145727, 20, 62],
  [list(scalar('boolean')), 'self.all(x, true)', 1887437, 5, 17],
  [list(list(scalar('number'))()), 'self.all(x, true)', 3145727, 100, 302],
  [map(scalar('number')), 'self.all(x, true)', 1348169, 10, 32],
  [map(scalar('string')), 'self.all(x, true)', 1179647, 3, 11],
  [map(scalar('boolean')), 'self.all(x, true)', 943718, 100, 302],
  [text, "self.contains('test')", 314574, 10, 5],
  [text, "self.startsWith('test')", 2, 15, 2],
  [text, 'size(self + "hello") > size("hello")', 314578, 4, 7],
  [list(scalar('number')), 'self[1] == 0.0', 2, 5000, 2],
  [list(scalar('string')), 'self[1] == self[1]', 314577, 8, 314577],
  [list(scalar('number')), 'self.all(x, self.all(y, self.all(z, true)))', Number.NaN, 10, 3552],
  [text, 'self.matches("x")', 314574, 50, 22],
  [text, '"".matches("(((((((((())))))))))[0-9]")', 7, 10, 7],
  [text, 'self.matches("")', 1, 100, 1],
  [text, 'self == "x"', 2, 0, 1],
  [list(scalar('number')), 'self.all(x, x == 0.0)', 6291454, 6291456, 25165826],
  [map(scalar('string')), 'self.all(x, x.contains(self[x]))', 2752507, 10, 72],
  [list(scalar('int-or-string')), 'self[0] == 5', 3, 10, 3],
  [list(map(scalar('number'))()), 'self.all(x, x.y == 25.2)', 6291452, 12, 74],
  [list(map(scalar('number'))()), 'self[0].x > 2.0', 4, 3000, 4],
  [list(scalar('duration')), 'self.all(x, true)', 2359295, 5, 17],
  [list(scalar('duration')), 'self[0].getHours() == 2', 4, 525, 4],
  [list(scalar('date')), 'self.all(x, true)', 725936, 15, 47],
  [list(scalar('date-time')), 'self.all(x, true)', 428963, 25, 77],
  [map(scalar('duration')), 'self.all(x, true)', 1048577, 5, 17],
  [map(scalar('date')), 'self.all(x, true)', 524288, 10, 32],
  [text, "self.find('[0-9]+') == ''", 629147, 10, 11],
  [texts, "self.join(' ') == 'aa bb'", 329853068905, 10, 43],
  [texts, 'self.isSorted() == true', 329854432052, 10, 52],
  [object({ str: text, separator: text }), 'self.str.split(self.separator) == []', 629160, 10, 22],
  [text, "self.lowerAscii() == 'lower!'", 314575, 10, 6],
  [map(scalar('integer')), 'oldSelf.size() == self.size()', 5, 10, 5],
  [map(scalar('date-time')), 'self["a"] == self["b"]', 8, 7, 8],
];

test('costs are estimated as upstream does', () => {
  for (const [make, rule, free, max, limited] of known) {
    if (!Number.isNaN(free)) assert.equal(costOf(make(), rule), free, `${rule} of ${JSON.stringify(make())}`);
    assert.equal(costOf(make(max), rule), limited, `${rule} of ${JSON.stringify(make(max))}`);
  }
  assert.ok(costOf(list(scalar('number'))(), 'self.all(x, self.all(y, true))') > 10_000_000);
  const replaced = object({ str: text, before: () => text(2), after: () => text(4) });
  const rule = "self.str.replace(self.before, self.after) == 'does not matter'";
  assert.deepEqual([costOf(replaced(), rule), costOf(replaced(4), rule)], [629154, 12]);
  const values: JSONSchemaProps = { type: 'string', enum: ['A', 'B', 'C', 'LongValue'] };
  assert.deepEqual([costOf(values, "self.contains('A')"), costOf({ ...values, maxLength: 1000 }, "self.contains('A')")], [2, 401]);
});

const advice = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
const definition = (properties: Record<string, JSONSchemaProps>): KubeObject =>
  ({
    metadata: { name: 'es.e.com' },
    spec: {
      group: 'e.com',
      scope: 'Namespaced',
      names: { plural: 'es', singular: 'e', kind: 'E', listKind: 'EList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } }],
    },
    status: { storedVersions: ['v1'] },
  }) as KubeObject as CustomResourceDefinition;
const errors = (properties: Record<string, JSONSchemaProps>, old?: Record<string, JSONSchemaProps>): string[] =>
  definitionRuleErrors(definition(properties), old && definition(old)).map(fieldErrorMessage);
const at = 'spec.validation.openAPIV3Schema';

test('rules that cost too much are refused in upstream’s words, alone and together; what was taken stays', () => {
  const rule = (text: string): { rule: string }[] => [{ rule: text }];
  const nested = { list: { ...list(scalar('integer'))(), 'x-kubernetes-validations': rule('self.all(x, self.all(y, x != y))') } };
  const tooMuch = `${at}.properties[list].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${advice}`;
  const total = 'x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema';
  assert.deepEqual(errors(nested), [
    tooMuch,
    `${at}.properties[list].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema`,
    `${at}: Forbidden: ${total} exceeds budget by factor of more than 100x ${advice}`,
  ]);
  assert.deepEqual(errors(nested, nested), []);
  const inner: JSONSchemaProps = { ...text(), 'x-kubernetes-validations': rule("self.contains('test')") };
  const limited = (maxItems: number): Record<string, JSONSchemaProps> => ({ list: { ...list(inner)(maxItems) } });
  assert.deepEqual(errors(limited(31)), []);
  assert.deepEqual(errors(limited(40)), [
    `${at}.properties[list].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 1.258296x ${advice}`,
  ]);
});
