import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@t8s/meta';
import { OwnerGraph } from './graph.ts';

const pods = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true };
const object = (uid: string, ...owners: string[]): KubeObject => ({
  metadata: { uid, name: uid, namespace: 'd', ownerReferences: owners.map((o) => ({ apiVersion: 'v1', kind: 'Pod', name: o, uid: o })) },
});

test('dependents are known before and after their owner is seen', () => {
  const graph = new OwnerGraph();
  graph.observe(pods, 'v1', object('child', 'parent'));
  assert.equal(graph.get('parent')?.resource, undefined, 'named, not seen');
  graph.observe(pods, 'v1', object('parent'));
  assert.equal(graph.get('parent')?.resource, pods);
  assert.deepEqual(
    graph.remove('parent').map((n) => n.uid),
    ['child'],
  );
  assert.deepEqual(graph.remove('child'), []);
  assert.equal(graph.get('parent'), undefined, 'nothing is kept of what is gone');
});

test('a reference that is dropped unlinks', () => {
  const graph = new OwnerGraph();
  graph.observe(pods, 'v1', object('parent'));
  graph.observe(pods, 'v1', object('child', 'parent', 'other'));
  graph.observe(pods, 'v1', object('child', 'other'));
  assert.deepEqual(graph.remove('parent'), []);
  assert.deepEqual(
    [...(graph.get('other')?.dependents ?? [])].map((n) => n.uid),
    ['child'],
  );
});
