import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { SubjectAccessReviewSpec } from '../../generated/types.ts';
import { localSubjectAccessReviewKind } from './kind.ts';

const messages = (spec: SubjectAccessReviewSpec): string[] =>
  (localSubjectAccessReviewKind.strategy.validate?.({ metadata: { namespace: 'n' }, spec }) ?? []).map(fieldErrorMessage);

test('asks of its namespace only', () => {
  assert.deepEqual(messages({ user: 'u', resourceAttributes: { namespace: 'n' } }), []);
  assert.deepEqual(messages({ user: 'u', resourceAttributes: { namespace: 'm' } }), [
    'spec.resourceAttributes.namespace: Invalid value: "m": must match metadata.namespace',
  ]);
  assert.deepEqual(messages({ user: 'u', nonResourceAttributes: { path: '/' } }), [
    'spec.nonResourceAttributes: Invalid value: {"path":"/"}: disallowed on this kind of request',
  ]);
});
