import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { ClusterRole } from '../../generated/types.ts';
import { clusterRoleKind } from './kind.ts';

const messages = (role: Partial<ClusterRole>): string[] =>
  (clusterRoleKind.strategy.validate?.({ metadata: {}, ...role }) ?? []).map(fieldErrorMessage);

test('cluster roles may allow paths; one that gathers others says which', () => {
  assert.deepEqual(messages({ rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] }), []);
  assert.deepEqual(messages({ aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'a.b/c': 'true' } }] } }), []);
  assert.deepEqual(messages({ aggregationRule: {} }), [
    'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
  ]);
  assert.deepEqual(messages({ aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Is' }] }] } }), [
    'aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
  ]);
});
