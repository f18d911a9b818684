import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toSelector } from './label-selector.ts';
import { parseLabelSelector } from './parse-label-selector.ts';
import { isStatus } from './status.ts';

test('every operator decides as documented', () => {
  const labels = { app: 'web', tier: 'front', size: '10' };
  const cases: [string, boolean][] = [
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app!=web', false],
    ['missing!=web', true],
    ['app in (api, web)', true],
    ['app notin (api)', true],
    ['missing notin (api)', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['size>5', true],
    ['size<5', false],
    ['app>5', false],
    ['app=web,tier=back', false],
    ['app=', false],
    ['missing=', false],
    ['example.com/role=x', false],
    ['constructor', false],
    ['!toString', true],
  ];
  for (const [text, matches] of cases) assert.equal(parseLabelSelector(text).matches(labels), matches, text);
});

test('the text form is normalised', () => {
  assert.equal(parseLabelSelector('tier in (b,a), app==web,!old').toString(), 'app=web,!old,tier in (a,b)');
});

test('malformed selectors are a bad request in upstream words', () => {
  const name =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const value =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  const cases: [text: string, message: string][] = [
    ['app=web,', "found '', expected: identifier after ','"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['=x', "found '=', expected: !, identifier, or 'end of string'"],
    ['app=a=b', "found '=', expected: ',' or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['in (x)', "unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt"],
    ['app===x', "unable to parse requirement: found '=', expected: identifier"],
    ['app in x', "unable to parse requirement: found 'x' expected: '('"],
    ['app in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['app in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['app in (x y)', "unable to parse requirement: found 'y', expected: ',' or ')'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a>x', "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
    ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": ${name}`],
    ['A_/b=c', 'unable to parse requirement: <nil>: Invalid value: "A_/b": prefix part a lowercase RFC 1123 subdomain'],
    ['a=_', `unable to parse requirement: values[0][a]: Invalid value: "_": ${value}`],
    [`a=${'x'.repeat(64)}`, `values[0][a]: Invalid value: "${'x'.repeat(64)}": must be no more than 63 characters`],
    ['a in (_,-)', 'unable to parse requirement: [values[0][a]: Invalid value: "-": a valid label'],
  ];
  for (const [text, message] of cases)
    assert.throws(
      () => parseLabelSelector(text),
      (e) => isStatus(e, 'BadRequest') && (e.message.startsWith(message) || e.message.endsWith(message)),
      text,
    );
  assert.deepEqual(parseLabelSelector('in in (in,,notin), x notin ()').requirements, [
    { key: 'in', operator: 'in', values: ['', 'in', 'notin'] },
    { key: 'x', operator: 'notin', values: [''] },
  ]);
});

test('an absent LabelSelector selects nothing, an empty one everything', () => {
  assert.equal(toSelector(undefined).matches({}), false);
  assert.equal(toSelector({}).matches({}), true);
  assert.equal(
    toSelector({ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'DoesNotExist' }] }).matches({ a: 'b', c: '' }),
    false,
  );
});
