import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import type { ClusterEvent } from '../framework/cluster-event.ts';
import { prioritySort } from '../plugins/priority-sort/priority-sort.ts';
import { schedulingGates } from '../plugins/scheduling-gates/scheduling-gates.ts';
import { type TestPod, testNode, testPodInfo } from '../test-objects.ts';
import { type QueuedPod, SchedulingQueue } from './scheduling-queue.ts';

/** Plugin Nodes hopes for nodes, plugin Pods for pods. */
function setup() {
  const clock = new FakeClock();
  const incoming: string[] = [];
  const queue = new SchedulingQueue({
    clock,
    less: (a, b) => prioritySort.less?.(a, b) ?? false,
    gate(info) {
      const rejection = schedulingGates.preEnqueue?.(info);
      return rejection && { ...rejection, plugin: 'SchedulingGates' };
    },
    isHelped: (_, plugin, { resource }) =>
      plugin === 'Nodes' ? resource === 'Node' : plugin === 'Pods' ? resource.endsWith('Pod') : false,
    onReady: () => undefined,
    onIncoming: (place, event) => incoming.push(`${place} ${event}`),
  });
  const pop = (): QueuedPod => {
    const queued = queue.pop();
    assert.ok(queued, 'a pod is ready');
    return queued;
  };
  const reject = (...plugins: string[]): boolean => queue.addUnschedulable(pop(), new Set(plugins));
  return { queue, clock, pop, reject, incoming, add: (pod: TestPod) => queue.set(testPodInfo(pod)) };
}

const node: ClusterEvent = { resource: 'Node', now: testNode() };
const pod: ClusterEvent = { resource: 'AssignedPod', old: testPodInfo() };

test('pods come out by priority, then by age; deleted ones do not', async () => {
  const { queue, clock, add, pop } = setup();
  for (const [name, priority] of [
    ['old', 0],
    ['gone', 9],
    ['young', 0],
    ['high', 5],
  ] as const) {
    add({ name, priority });
    await clock.advance(1);
  }
  queue.delete('default/gone');
  assert.deepEqual(
    [pop(), pop(), pop()].map(({ info }) => info.pod.metadata.name),
    ['high', 'old', 'young'],
  );
  assert.equal(queue.pop(), undefined);
});

test('an unschedulable pod waits for an event that a plugin which rejected it hopes for, or five minutes', async () => {
  const { queue, clock, add, pop, reject, incoming } = setup();
  add({ name: 'a' });
  reject('Nodes');
  queue.wake(pod);
  assert.equal(queue.pop(), undefined);
  queue.wake(node);
  assert.equal(queue.counts().backoff, 1, 'woken at once, it has a back-off');
  reject('Nodes', 'Pods');
  await clock.advance(299_999);
  assert.equal(queue.pop(), undefined);
  await clock.advance(1);
  assert.equal(pop().attempts, 3);
  assert.deepEqual(incoming, [
    'active UnschedulablePodAdd',
    'unschedulable ScheduleAttemptFailure',
    'backoff NodeAdd',
    'active PopFromBackoffQ',
    'unschedulable ScheduleAttemptFailure',
    'active UnschedulableTimeout',
  ]);
});

test('a pod that no plugin rejected, as without any node, is helped by everything', () => {
  const { queue, add, reject } = setup();
  add({ name: 'a' });
  reject();
  queue.wake(pod);
  assert.equal(queue.counts().backoff, 1);
});

test('an event that comes while a pod is tried counts for it, one from before does not', () => {
  const { queue, add, pop } = setup();
  add({ name: 'a' });
  add({ name: 'b' });
  queue.wake(node);
  const [a, b] = [pop(), pop()];
  queue.wake(pod);
  assert.deepEqual([...queue.inFlightEvents()], [['AssignedPodDelete', 1]]);
  queue.addUnschedulable(a, new Set(['Nodes']));
  queue.addUnschedulable(b, new Set(['Nodes', 'Pods']));
  assert.deepEqual([queue.counts().unschedulable, queue.counts().backoff, queue.inFlightEvents().size], [1, 1, 0]);
});

test('a rejected pod backs off behind the others, and comes early when there are none', () => {
  const { queue, add, pop, reject } = setup();
  add({ name: 'a', priority: 100 });
  reject('Nodes');
  queue.wake(node);
  add({ name: 'b' });
  assert.equal(pop().info.pod.metadata.name, 'b', 'a backs off');
  assert.equal(pop().info.pod.metadata.name, 'a', 'nothing else to do');
});

test('a pod that failed outright waits its back-off out; rejections count apart', async () => {
  const { queue, clock, add, pop, reject } = setup();
  add({ name: 'a' });
  for (let i = 0; i < 3; i++) {
    reject('Nodes');
    queue.wake(node);
  }
  for (const delay of [1000, 2000, 4000, 8000, 10_000, 10_000]) {
    queue.addFailed(pop());
    await clock.advance(delay - 1);
    assert.equal(queue.pop(), undefined, `not before ${delay} ms`);
    await clock.advance(1);
  }
  assert.equal(pop().attempts, 10);
});

test('gates hold a pod until they are gone; what plugins do not hope for wakes none', () => {
  const { queue, add, pop } = setup();
  add({ name: 'a', schedulingGates: [{ name: 'wait' }] });
  queue.wake(node);
  assert.deepEqual([queue.pop(), queue.counts().gated], [undefined, 1]);
  add({ name: 'a' });
  const queued = pop();
  queue.addUnschedulable(queued, new Set(['Nodes']));
  add({ name: 'a', tolerations: [{ operator: 'Exists' }] });
  assert.equal(queue.counts().unschedulable, 1);
  queue.activate(queued.info.uid);
  assert.equal(pop().info.pod.spec.tolerations?.length, 1);
});

test('a pod that left the queue while it was tried does not come back', () => {
  const { queue, add, pop } = setup();
  add({ name: 'a' });
  const queued = pop();
  queue.delete(queued.info.uid);
  assert.equal(queue.addFailed(queued), false);
  assert.equal(queue.addUnschedulable(queued, new Set()), false);
});
