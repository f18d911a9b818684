import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, ReplicaSet } from '@t8s/api';
import { isScalingEvent, scale } from './scaling.ts';

const deployment = (replicas: number, maxSurge: number | string = '25%'): Deployment => ({
  metadata: { name: 'web' },
  spec: { replicas, selector: {}, template: {}, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge } } },
});
const sized = (name: string, replicas: number, desired: number, max: number): ReplicaSet => ({
  metadata: {
    name,
    creationTimestamp: `2025-01-01T00:00:0${name.length}Z`,
    annotations: { 'deployment.kubernetes.io/desired-replicas': `${desired}`, 'deployment.kubernetes.io/max-replicas': `${max}` },
  },
  spec: { replicas, selector: {} },
});
const sizes = (changes: ReturnType<typeof scale>): Record<string, number> =>
  Object.fromEntries(changes.map(({ rs, to }) => [rs.metadata.name, to]));

test('every replica set gets its share; what rounding leaves goes to the largest', () => {
  const [old, next] = [sized('o', 3, 3, 4), sized('nn', 1, 3, 4)];
  assert.equal(isScalingEvent(deployment(5), [old, next]), true);
  assert.deepEqual(sizes(scale(deployment(5), next, [old])), { o: 5, nn: 2 });
  const shrunk = scale(deployment(6), sized('nn', 5, 12, 15), [sized('o', 8, 12, 15), sized('xxx', 2, 12, 15)]);
  assert.deepEqual(sizes(shrunk), { o: 4, nn: 3, xxx: 1 });
});

test('a set that keeps its size is marked all the same, or the event would never end', () => {
  const [old, older, next] = [sized('o', 8, 10, 10), sized('xxx', 1, 10, 10), sized('nn', 1, 10, 10)];
  assert.deepEqual(sizes(scale(deployment(11, 0), next, [old, older])), { o: 9, xxx: 1, nn: 1 });
});

test('one running set takes it all; a saturated new one leaves nothing to the old', () => {
  assert.deepEqual(sizes(scale(deployment(7), sized('nn', 0, 3, 4), [sized('o', 3, 3, 4)])), { o: 7 });
  const saturated = { ...sized('nn', 3, 3, 4), status: { replicas: 3, availableReplicas: 3 } };
  assert.deepEqual(sizes(scale(deployment(3), saturated, [sized('o', 1, 4, 5)])), { o: 0 });
});
