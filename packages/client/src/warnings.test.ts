import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWarnings } from './warnings.ts';

test('several warnings, with commas and quotes in them', () => {
  assert.deepEqual(readWarnings('299 - "a, \\"b\\"", 299 kube "c"'), ['a, "b"', 'c']);
});
