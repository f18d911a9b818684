import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import { selfSubjectAccessReviewKind } from './kind.ts';

test('needs no user, only what is asked for', () => {
  const { validate } = selfSubjectAccessReviewKind.strategy;
  assert.deepEqual(validate?.({ metadata: {}, spec: { nonResourceAttributes: { verb: 'get', path: '/' } } }), []);
  assert.deepEqual((validate?.({ metadata: {}, spec: {} }) ?? []).map(fieldErrorMessage), [
    'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
  ]);
});
