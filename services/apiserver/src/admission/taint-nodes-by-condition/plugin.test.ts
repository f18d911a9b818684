import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Node, nodeKind } from '@t8s/api';
import { podWrite } from '../test-objects.ts';
import { taintNodesByCondition } from './plugin.ts';

function admit(node: Node, old?: Node): Node {
  const write = podWrite({}, { object: node, old, resource: { kind: nodeKind, storage: 'nodes' } });
  taintNodesByCondition.mutate?.(write);
  return write.object as Node;
}

test('a new node has the taint of one that is not ready, once; an old one keeps what it has', () => {
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const own = { key: 'own', effect: 'NoSchedule' };
  assert.deepEqual(admit({ metadata: { name: 'n' }, spec: { taints: [own] } }).spec.taints, [own, taint]);
  assert.deepEqual(admit({ metadata: { name: 'n' }, spec: { taints: [taint] } }).spec.taints, [taint]);
  assert.equal(admit({ metadata: { name: 'n' }, spec: {} }, { metadata: { name: 'n' }, spec: {} }).spec.taints, undefined);
});
