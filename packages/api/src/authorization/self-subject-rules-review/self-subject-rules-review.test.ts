import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfSubjectRulesReviewKind } from './kind.ts';

test('reviews are answered, never kept', () => {
  assert.deepEqual([selfSubjectRulesReviewKind.stored, selfSubjectRulesReviewKind.verbs], [false, ['create']]);
});
