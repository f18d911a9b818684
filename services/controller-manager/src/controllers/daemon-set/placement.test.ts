import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DaemonSet, Node, PodSpec, Taint } from '@t8s/api';
import { nodeOf, placement, specForNode } from './placement.ts';

const set = (spec: Partial<PodSpec> = {}): DaemonSet => ({
  metadata: { name: 'd' },
  spec: { selector: {}, template: { spec: { containers: [], ...spec } } },
});
const node = (...taints: Taint[]): Node => ({ metadata: { name: 'n1', labels: { role: 'x' } }, spec: { taints } });

test('taints decide who starts and who stays', () => {
  assert.deepEqual(placement(set(), node()), { run: true, stay: true });
  assert.deepEqual(placement(set(), node({ key: 'a', effect: 'NoSchedule' })), { run: false, stay: true });
  assert.deepEqual(placement(set(), node({ key: 'a', effect: 'NoExecute' })), { run: false, stay: false });
  assert.deepEqual(placement(set(), node({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })), { run: true, stay: true });
  assert.deepEqual(placement(set({ nodeSelector: { role: 'y' } }), node()), { run: false, stay: false });
});

test('a pod is pinned to its node beside its own affinity', () => {
  const spec = specForNode(
    {
      containers: [],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'role', operator: 'Exists' }] }],
          },
        },
      },
    },
    'n1',
  );
  assert.equal(nodeOf({ metadata: {}, spec }), 'n1');
  assert.deepEqual(spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchExpressions, [
    { key: 'role', operator: 'Exists' },
  ]);
  assert.equal(nodeOf({ metadata: {}, spec: { containers: [], nodeName: 'n2' } }), 'n2');
});
