import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeSelectorTerm } from '@t8s/api';
import { emptyCluster, testNodeInfo, testPlugin, testPodInfo, verdictText } from '../../test-objects.ts';

const nodeAffinity = testPlugin('NodeAffinity');

const requires = (...nodeSelectorTerms: NodeSelectorTerm[]) =>
  testPodInfo({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } });
const named = (...values: string[]): NodeSelectorTerm => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] });
const mismatch = "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector";

test('nodeSelector and required terms must match', () => {
  const ssd = testNodeInfo({ labels: { disk: 'ssd' } });
  const hdd = testNodeInfo({ labels: { disk: 'hdd' } });
  const pods = [
    testPodInfo({ nodeSelector: { disk: 'ssd' } }),
    requires({ matchExpressions: [{ key: 'disk', operator: 'NotIn', values: ['hdd'] }] }),
  ];
  for (const pod of pods) {
    assert.equal(verdictText(nodeAffinity.filter?.(pod, ssd, undefined)), 'fits');
    assert.equal(verdictText(nodeAffinity.filter?.(pod, hdd, undefined)), mismatch);
  }
  assert.deepEqual(nodeAffinity.preFilter?.(testPodInfo(), emptyCluster), { skip: true });
});

test('names in every term narrow the search; one open term leaves it open; none left is a conflict', () => {
  assert.deepEqual(nodeAffinity.preFilter?.(requires(named('a'), named('b')), emptyCluster), {
    state: undefined,
    nodes: new Set(['a', 'b']),
  });
  const open = { matchExpressions: [{ key: 'x', operator: 'Exists' }] };
  assert.deepEqual(nodeAffinity.preFilter?.(requires(named('a'), open), emptyCluster), { state: undefined });
  const both = { matchFields: [...(named('a').matchFields ?? []), ...(named('b').matchFields ?? [])] };
  assert.deepEqual(nodeAffinity.preFilter?.(requires(both), emptyCluster), {
    rejection: { code: 'UnschedulableAndUnresolvable', reasons: ['pod affinity terms conflict'] },
  });
});

test('weights of preferred terms add up, the best node gets 100', () => {
  const prefer = (weight: number, key: string) => ({ weight, preference: { matchExpressions: [{ key, operator: 'Exists' }] } });
  const pod = testPodInfo({
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [prefer(30, 'a'), prefer(50, 'b')] } },
  });
  const nodes = [{ a: '' }, { a: '', b: '' }, {}].map((labels) => testNodeInfo({ labels: labels as Record<string, string> }));
  const scores = nodes.map((node) => nodeAffinity.score?.(pod, node, undefined) ?? -1);
  assert.deepEqual(scores, [30, 80, 0]);
  nodeAffinity.normalize?.(scores);
  assert.deepEqual(scores, [37, 100, 0]);
});
