import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenReviewKind } from './kind.ts';

test('reviews are answered, never kept', () => {
  assert.deepEqual([tokenReviewKind.stored, tokenReviewKind.verbs], [false, ['create']]);
});
