import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCluster, testNodeInfo, testPodInfo } from '../../test-objects.ts';
import { imageLocality } from './image-locality.ts';

const megabyte = 1024 * 1024;

test('the size of the images present counts, times the share of nodes that have them', () => {
  const pod = testPodInfo({ containers: [{ name: 'c', image: 'registry:5000/app' }] });
  const cluster = { ...emptyCluster, nodeCount: 2, nodesWithImage: (name: string) => (name === 'registry:5000/app:latest' ? 1 : 0) };
  const plan = imageLocality.preScore?.(pod, cluster);
  assert.ok(plan && 'state' in plan);
  const score = (size: number): number | undefined =>
    imageLocality.score?.(pod, testNodeInfo({ images: [{ names: ['registry:5000/app:latest'], sizeBytes: size * megabyte }] }), plan.state);
  assert.equal(score(1023), 50, '511 MB of what lies between 23 and 1000 MB');
  assert.equal(score(40), 0, 'too small to matter');
  assert.equal(score(4000), 100);
  assert.equal(imageLocality.score?.(pod, testNodeInfo(), plan.state), 0);
});
