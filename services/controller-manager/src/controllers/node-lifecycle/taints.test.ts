import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Taint } from '@t8s/api';
import { desiredTaints } from './taints.ts';

const now = '2025-01-01T00:00:00Z';
const node = (ready: string, more: Partial<Node['spec']> = {}, extra: Record<string, string> = {}): Node => ({
  metadata: { name: 'n' },
  spec: more,
  status: { conditions: [{ type: 'Ready', status: ready }, ...Object.entries(extra).map(([type, status]) => ({ type, status }))] },
});
const desired = (of: Node, giveUp = true): Taint[] => desiredTaints(of, { giveUp, now });

test('conditions become taints', () => {
  assert.deepEqual(desired(node('True')), []);
  assert.deepEqual(desired(node('False')), [
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule', timeAdded: now },
    { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', timeAdded: now },
  ]);
  assert.deepEqual(
    desired(node('Unknown')).map((t) => t.key),
    ['node.kubernetes.io/unreachable', 'node.kubernetes.io/unreachable'],
  );
  assert.deepEqual(desired(node('True', { unschedulable: true }, { DiskPressure: 'True' })), [
    { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule', timeAdded: now },
    { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: now },
  ]);
});

test('who is not given up is only kept from getting new pods; who has never spoken is not judged', () => {
  assert.deepEqual(desired(node('Unknown'), false), [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: now }]);
  assert.deepEqual(desired({ metadata: { name: 'n' }, spec: {} }), []);
});

test('foreign taints stay, ours go when their reason has gone, the time they began is kept', () => {
  const foreign = { key: 'team', value: 'a', effect: 'NoExecute' };
  const begun = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: '2024-01-01T00:00:00Z' };
  const others = { key: 'node.kubernetes.io/disk-pressure', effect: 'NoExecute' };
  assert.deepEqual(desired(node('True', { taints: [foreign, begun, others] })), [foreign, others]);
  assert.deepEqual(desired(node('Unknown', { taints: [foreign, begun] })), [
    foreign,
    { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: now },
    begun,
  ]);
});
