import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError } from './cel-error.ts';
import { compile } from './compile.ts';
import { LazyFields } from './values.ts';

const variables = {
  object: 'dyn',
  text: 'string',
  n: 'int',
  self: {
    fields: {
      replicas: 'int',
      items: { list: { fields: { name: 'string', weight: 'double' } } },
      labels: { map: 'string' },
      at: 'timestamp',
    },
  },
  variables: { fields: { cheap: 'int', dear: 'int' } },
};
const values = {
  object: { spec: { replicas: 3, share: 0.5, ports: [80, 'http'], note: null } },
  text: 'hello',
  n: 3,
  self: { replicas: 2, items: [{ name: 'a', weight: 3 }, { name: 'b' }], labels: { app: 'web' }, at: '2024-01-01T00:00:00Z' },
};
const run = (expression: string, more: object = {}): unknown => compile(expression, { variables }).evaluate({ ...values, ...more });
const told = (expression: string): string => {
  try {
    run(expression);
  } catch (error) {
    if (error instanceof CelError) return `${error.reason}: ${error.message.split('\n')[0]}`;
    throw error;
  }
  return 'no error';
};

test('JSON goes in and comes out: whole numbers are integers, known fields have their type', () => {
  assert.equal(run('object.spec.replicas * 2'), 6);
  assert.equal(run('object.spec.share + 0.25'), 0.75);
  assert.equal(run('object.spec.note == null && !has(object.spec.nothing) && object.spec.?nothing.orValue(true)'), true);
  assert.deepEqual(run('self.items.filter(i, has(i.weight)).map(i, i.weight)'), [3]);
  assert.equal(run('self.labels.all(k, self.labels[k] == "web") && "app" in self.labels'), true);
  assert.equal(run('string(self.at) + text'), '2024-01-01T00:00:00Zhello');
  assert.equal(run('self.items[0] == self.items[1]'), false);
  assert.equal(run('"%s: %d, %.1f".format([text, n, 2.5])'), 'hello: 3, 2.5');
});

test('an expression that can’t be compiled is told in cel-go’s words, with position and line', () => {
  assert.throws(() => compile('object.spec.replicas <= foo', { variables }), {
    message:
      "compilation failed: ERROR: <input>:1:25: undeclared reference to 'foo' (in container '')\n | object.spec.replicas <= foo\n | ........................^",
  });
  assert.match(told('1 +'), /^compile: compilation failed: ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting \{'\[', /);
  assert.match(told('n + text'), /<input>:1:3: found no matching overload for '_\+_' applied to '\(int, string\)'$/);
  assert.match(told('self.nope'), /<input>:1:5: undefined field 'nope'$/);
  assert.match(told('text.matches(n)'), /found no matching overload for 'matches' applied to 'string.\(int\)'$/);
  assert.match(told('shout(text)'), /<input>:1:6: undeclared reference to 'shout' \(in container ''\)$/);
  assert.throws(() => compile('object.spec', { variables, result: 'bool' }), {
    reason: 'result',
    message: 'must evaluate to bool but got dyn',
  });
  assert.throws(() => compile('1', { variables, result: ['string', 'null'] }), {
    message: 'must evaluate to one of [string null_type] but got int',
  });
});

test('what fails on these values is told in cel-go’s words; a side that decides alone hides it', () => {
  assert.equal(told('object.nope.x == 1'), 'evaluate: no such key: nope');
  assert.equal(told('self.items[5].name == ""'), 'evaluate: index out of bounds: 5');
  assert.equal(told('n / 0 == 1'), 'evaluate: division by zero');
  assert.equal(told('object.spec.ports[1] + 1 == 2'), 'evaluate: no such overload');
  assert.equal(run('object.nope.x == 1 || true'), true);
});

test('literals mix what has no known type with anything, and nothing else; has() looks behind any operand', () => {
  assert.equal(run("object.spec.ports[1] in [object.spec.ports[0], 'http'] && {'a': object.spec, 'b': 1}.b == 1"), true);
  assert.match(told("[1, 'a']"), /expected type 'int' but found 'string'$/);
  assert.match(told("{'a': 1, 'b': 'c'}"), /expected type 'int' but found 'string'$/);
  assert.equal(run('has(self.items[0].weight) && !has(self.items[1].weight) && !has(object.?nope.x) && has({"a": 1}.a)'), true);
  assert.match(told('has(self.items[0].nope)'), /<input>:1:18: undefined field 'nope'$/);
  assert.match(told('has(1)'), /<input>:1:5: invalid argument to has\(\) macro$/);
  assert.match(told('has(object)'), /<input>:1:5: invalid argument to has\(\) macro$/);
});

test('an expression too deep to be read is refused', () => {
  for (const deep of [`${'!'.repeat(90_000)}true`, `${'('.repeat(40_000)}1`, `1${'+1'.repeat(49_000)}`])
    assert.match(told(deep), /^compile: compilation failed: ERROR: /);
});

test('an object that is not there equals null', () => {
  assert.equal(run('self == null || self.replicas == 1', { self: null }), true);
  assert.equal(run('self != null && self.replicas == 2'), true);
});

test('fields are found out when they are asked for', () => {
  const asked: string[] = [];
  const lazy = new LazyFields((field) => {
    asked.push(field);
    return field === 'cheap' ? 1 : 2;
  });
  assert.equal(run('variables.cheap == 1 || variables.dear == 2', { variables: lazy }), true);
  assert.deepEqual(asked, ['cheap']);
});

test('an optional variable may have no value', () => {
  const variables = { old: { optional: { fields: { n: 'int' } } } };
  const program = compile('!old.hasValue() || old.value().n < 3', { variables, result: 'bool' });
  assert.deepEqual(
    [program.evaluate({ old: null }), program.evaluate({ old: { n: 2 } }), program.evaluate({ old: { n: 3 } })],
    [true, true, false],
  );
});

test('lists that are sets or maps: order does not count, and nothing comes twice', () => {
  const element = { fields: { k: 'string', n: 'int' } };
  const variables = {
    s: { list: 'string', identity: 'set' as const },
    m: { list: element, identity: ['k'] },
    o: { list: element, identity: ['k'] },
  };
  const [a, b, c] = [1, 2, 3].map((n) => ({ k: `k${n}`, n }));
  const check = (expression: string): unknown =>
    compile(expression, { variables }).evaluate({ s: ['a', 'b'], m: [a, b], o: [b, { ...a, n: 7 }, c] });
  assert.equal(check("s == ['b', 'a'] && s != ['a'] && s != ['a', 'c'] && s[0] == 'a'"), true);
  assert.deepEqual(check("s + ['c', 'a']"), ['a', 'b', 'c']);
  assert.equal(check('m == m && m != o'), true);
  assert.deepEqual(check('(m + o).map(e, e.n)'), [7, 2, 3]);
});
