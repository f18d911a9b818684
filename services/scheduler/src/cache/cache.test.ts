import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testNode, testPod, testPodInfo } from '../test-objects.ts';
import { Cache } from './cache.ts';

const cpuOn = (cache: Cache, name: string): number | undefined => cache.node(name)?.requested.milliCpu;

test('an assumed pod counts at once, is confirmed by the API or taken back', () => {
  const cache = new Cache();
  cache.setNode(testNode({ name: 'a' }));
  const info = testPodInfo({ cpu: '1' });
  cache.assume(info, 'a');
  assert.equal(cpuOn(cache, 'a'), 1000);
  cache.setPod(testPod({ cpu: '1', nodeName: 'a' }));
  assert.equal(cpuOn(cache, 'a'), 1000, 'not twice');
  cache.forget(info.uid);
  assert.equal(cpuOn(cache, 'a'), 1000, 'confirmed: forget comes too late');
  cache.removePod(info.uid);
  assert.equal(cpuOn(cache, 'a'), 0);
  cache.assume(info, 'a');
  cache.forget(info.uid);
  assert.equal(cpuOn(cache, 'a'), 0);
});

test('the API has the last word on where a pod is', () => {
  const cache = new Cache();
  for (const name of ['a', 'b']) cache.setNode(testNode({ name }));
  cache.assume(testPodInfo({ cpu: '1' }), 'a');
  cache.setPod(testPod({ cpu: '2', nodeName: 'b' }));
  assert.deepEqual([cpuOn(cache, 'a'), cpuOn(cache, 'b')], [0, 2000]);
});

test('pods may be known before their node, and outlive it', () => {
  const cache = new Cache();
  cache.setPod(testPod({ cpu: '1', nodeName: 'a' }));
  assert.equal(cache.nodeCount, 0);
  cache.setNode(testNode({ name: 'a' }));
  assert.equal(cpuOn(cache, 'a'), 1000);
  cache.removeNode('a');
  assert.equal(cache.node('a'), undefined);
  cache.setNode(testNode({ name: 'a' }));
  assert.equal(cpuOn(cache, 'a'), 1000);
});

test('nodes are tried zone by zone in turn', () => {
  const cache = new Cache();
  for (const [name, zone] of [
    ['a1', 'a'],
    ['a2', 'a'],
    ['b1', 'b'],
    ['a3', 'a'],
  ] as const)
    cache.setNode(testNode({ name, labels: { 'topology.kubernetes.io/zone': zone } }));
  assert.deepEqual(
    cache.nodes.map(({ name }) => name),
    ['a1', 'b1', 'a2', 'a3'],
  );
});

test('the epoch changes with nodes and images, not with pods', () => {
  const cache = new Cache();
  cache.setNode(testNode({ name: 'a' }));
  const before = cache.epoch;
  cache.assume(testPodInfo(), 'a');
  cache.setNode(testNode({ name: 'a', cpu: '8' }));
  assert.equal(cache.epoch, before);
  cache.setNode(testNode({ name: 'a', images: [{ names: ['x'], sizeBytes: 1 }] }));
  assert.notEqual(cache.epoch, before);
  assert.equal(cache.nodesWithImage('x:latest'), 1);
  cache.removeNode('a');
  assert.equal(cache.nodesWithImage('x:latest'), 0);
});
