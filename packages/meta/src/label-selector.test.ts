import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLabelSelector, toSelector } from './label-selector.ts';
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
  ];
  for (const [text, matches] of cases) assert.equal(parseLabelSelector(text).matches(labels), matches, text);
});

test('the text form is normalised', () => {
  assert.equal(parseLabelSelector('tier in (b,a), app==web,!old').toString(), 'app=web,!old,tier in (a,b)');
});

test('malformed selectors are a bad request with upstream words', () => {
  for (const text of ['app=web,', 'a b', 'in (x)', 'app in x', 'app in (x', '=x', 'app=a=b', 'a>x', '-a=b', `a=${'x'.repeat(64)}`]) {
    assert.throws(
      () => parseLabelSelector(text),
      (e) => isStatus(e, 'BadRequest') && e.message.startsWith('unable to parse requirement: '),
      text,
    );
  }
});

test('an absent LabelSelector selects nothing, an empty one everything', () => {
  assert.equal(toSelector(undefined).matches({}), false);
  assert.equal(toSelector({}).matches({}), true);
  assert.equal(
    toSelector({ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'DoesNotExist' }] }).matches({ a: 'b', c: '' }),
    false,
  );
});
