import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDifference } from './difference.ts';
import { semanticEqual } from './semantic-equal.ts';

test('absent and empty are the same, order and values are not', () => {
  assert.ok(semanticEqual({ a: undefined, b: [], c: { d: {} }, e: 1 }, { e: 1 }));
  assert.ok(!semanticEqual({ a: 0 }, {}));
  assert.ok(!semanticEqual([1, 2], [2, 1]));
  assert.ok(!semanticEqual({ a: [1] }, { a: { 0: 1 } }));
  assert.ok(!semanticEqual({}, { a: 'x' }));
});

test('a difference names each field', () => {
  const before = { a: [{ b: 1, c: 2 }], d: 'x', e: [] };
  const after = { a: [{ b: 1, c: 3 }, { b: 4 }], f: true };
  assert.equal(
    describeDifference(before, after, 'spec'),
    '-spec.a[0].c: 2\n+spec.a[0].c: 3\n+spec.a[1]: {"b":4}\n-spec.d: "x"\n+spec.f: true',
  );
});
