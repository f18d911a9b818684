import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComponentCondition } from '../../generated/types.ts';
import { componentStatusKind } from './kind.ts';

test('the row', () => {
  const row = (...conditions: ComponentCondition[]) =>
    (componentStatusKind.columns ?? []).map((column) => column.cell({ metadata: { name: 'etcd-0' }, conditions }, 0));
  assert.deepEqual(row({ type: 'Healthy', status: 'True', message: 'ok' }), ['etcd-0', 'Healthy', 'ok', '']);
  assert.deepEqual(row({ type: 'Healthy', status: 'False', error: 'gone' }), ['etcd-0', 'Unhealthy', '', 'gone']);
  assert.deepEqual(row(), ['etcd-0', 'Unknown', '', '']);
});
