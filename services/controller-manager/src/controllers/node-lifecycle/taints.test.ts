import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '@t8s/api';
import { desiredTaints } from './taints.ts';

const now = '2025-01-01T00:00:00Z';
const node = (ready: string, more: Partial<Node['spec']> = {}, extra: Record<string, string> = {}): Node => ({
  metadata: { name: 'n' },
  spec: more,
  status: { conditions: [{ type: 'Ready', status: ready }, ...Object.entries(extra).map(([type, status]) => ({ type, status }))] },
});

test('conditions become taints', () => {
  assert.deepEqual(desiredTaints(node('True'), now), []);
  assert.deepEqual(desiredTaints(node('False'), now), [
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule', timeAdded: now },
    { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', timeAdded: now },
  ]);
  assert.deepEqual(
    desiredTaints(node('Unknown'), now).map((t) => t.key),
    ['node.kubernetes.io/unreachable', 'node.kubernetes.io/unreachable'],
  );
  assert.deepEqual(desiredTaints(node('True', { unschedulable: true }, { DiskPressure: 'True' }), now), [
    { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule', timeAdded: now },
    { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: now },
  ]);
});

test('foreign taints stay, ours go when their reason has gone, the time they began is kept', () => {
  const foreign = { key: 'team', value: 'a', effect: 'NoExecute' };
  const begun = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: '2024-01-01T00:00:00Z' };
  assert.deepEqual(desiredTaints(node('True', { taints: [foreign, begun] }), now), [foreign]);
  assert.deepEqual(desiredTaints(node('Unknown', { taints: [foreign, begun] }), now), [
    foreign,
    { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: now },
    begun,
  ]);
});
