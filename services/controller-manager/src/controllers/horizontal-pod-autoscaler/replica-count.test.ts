import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@t8s/api';
import { formatTime } from '@t8s/meta';
import { type Question, replicasFor, replicasForTotal, requestsOf } from './replica-count.ts';

const now = Date.UTC(2025, 0, 1, 1);
const timings = { cpuInitializationPeriod: 300_000, initialReadinessDelay: 30_000, tolerance: 0.1 };

/** Started `age` seconds ago, ready or not since `since` seconds ago. */
function pod(name: string, { age = 3600, since = 3600, ready = true, phase = 'Running' } = {}): Pod {
  const at = (seconds: number): string => formatTime(now - seconds * 1000);
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at(since) }];
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }];
  return { metadata: { name }, spec: { containers }, status: { phase, startTime: at(age), conditions } };
}

function ask(values: Record<string, number>, pods: Pod[], more: Partial<Question> = {}): number {
  const measures = new Map(Object.entries(values).map(([name, value]) => [name, { value, at: now, window: 30_000 }]));
  const target = { value: 50, requests: requestsOf(pods, 'cpu') };
  return replicasFor({ current: pods.length, pods, measures, target, isCpu: true, now, ...more }, timings).replicas;
}
const [a, b, c] = [pod('a'), pod('b'), pod('c')];

test('the use of all pods over their target, rounded up; what is close to it changes nothing', () => {
  assert.equal(ask({ a: 100, b: 100 }, [a, b]), 4);
  assert.equal(ask({ a: 10, b: 10 }, [a, b]), 1);
  assert.equal(ask({ a: 54, b: 54 }, [a, b]), 2);
  assert.equal(ask({ a: 60, b: 51 }, [a, b]), 3, '55 % of 50 %: a tenth above is not close any more');
  assert.equal(ask({ a: 30_000, b: 10_000 }, [a, b], { target: { value: 10_000 } }), 4, 'a plain value');
});

test('pods that nothing is known of speak against the change', () => {
  assert.equal(ask({ a: 10, b: 10 }, [a, b, c]), 3, 'the third may use all it requests');
  assert.equal(ask({ a: 10, b: 10 }, [a, b, c], { target: { value: 200, requests: requestsOf([a, b, c], 'cpu') } }), 2, 'or its target');
  assert.equal(ask({ a: 100, b: 100 }, [a, b, c]), 4, 'the third may use nothing');
  assert.equal(ask({ a: 60, b: 60 }, [a, b, c]), 3, 'with the third at nothing it would fall: that is no reason to');
});

test('pods that start, are pending or go away are not what is measured', () => {
  const starting = pod('c', { age: 60, since: 10 });
  assert.equal(ask({ a: 100, b: 100, c: 1000 }, [a, b, starting]), 4, 'measured before it was ready: counts as nothing on the way up');
  assert.equal(ask({ a: 10, b: 10, c: 1000 }, [a, b, starting]), 1);
  const neverReady = pod('c', { age: 600, since: 590, ready: false });
  assert.equal(ask({ a: 10, b: 10, c: 1000 }, [a, b, neverReady]), 1);
  const deleted = { ...c, metadata: { name: 'c', deletionTimestamp: formatTime(now) } };
  assert.equal(ask({ a: 50, b: 50, c: 1000 }, [a, b, deleted]), 3, 'current stays');
  assert.throws(() => ask({}, [a]), /^Error: did not receive metrics for targeted pods \(pods might be unready\)$/);
  assert.throws(() => ask({ other: 50 }, [a]), /^Error: no metrics returned matched known pods$/);
  assert.throws(() => ask({}, []), /^Error: no pods returned by selector while calculating replica count$/);
});

test('requests: of every container, or of one; who says nothing can not be measured in percent', () => {
  const two = structuredClone(a);
  two.spec.containers.push({ name: 'd', image: 'i', resources: { requests: { cpu: '1' } } });
  assert.deepEqual([requestsOf([two], 'cpu').get('a'), requestsOf([two], 'cpu', 'd').get('a')], [1100, 1000]);
  assert.throws(() => requestsOf([a], 'memory'), /^Error: missing request for memory in container c of Pod a$/);
});

test('one number for all pods', () => {
  assert.equal(replicasForTotal({ current: 3, ready: 2, ratio: 2 }, 0.1), 4);
  assert.equal(replicasForTotal({ current: 3, ready: 2, ratio: 1.05 }, 0.1), 3);
  assert.equal(replicasForTotal({ current: 0, ready: 0, ratio: 2.5 }, 0.1), 3);
});
