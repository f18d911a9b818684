import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfSubjectReviewKind } from './kind.ts';

test('reviews are answered, never kept', () => {
  assert.deepEqual([selfSubjectReviewKind.stored, selfSubjectReviewKind.verbs], [false, ['create']]);
});
