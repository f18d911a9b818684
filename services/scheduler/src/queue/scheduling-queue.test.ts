import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { prioritySort } from '../plugins/priority-sort/priority-sort.ts';
import { type TestPod, testPodInfo } from '../test-objects.ts';
import { type QueuedPod, SchedulingQueue } from './scheduling-queue.ts';

function setup(): { queue: SchedulingQueue; clock: FakeClock; add: (pod: TestPod) => void; pop: () => QueuedPod } {
  const clock = new FakeClock();
  const queue = new SchedulingQueue({
    clock,
    less: (a, b) => prioritySort.less?.(a, b) ?? false,
    isGated: ({ pod }) => (pod.spec.schedulingGates ?? []).length > 0,
    onReady: () => undefined,
  });
  const pop = (): QueuedPod => {
    const queued = queue.pop();
    assert.ok(queued, 'a pod is ready');
    return queued;
  };
  return { queue, clock, pop, add: (pod) => queue.set(testPodInfo(pod)) };
}

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

test('an unschedulable pod waits for an event that helps it, or five minutes', async () => {
  const { queue, clock, add, pop } = setup();
  add({ name: 'a' });
  queue.addUnschedulable(pop());
  queue.wake(() => false);
  assert.equal(queue.pop(), undefined);
  queue.wake(() => true);
  assert.equal(queue.counts().backoff, 1, 'woken at once, it has a back-off');
  queue.addUnschedulable(pop());
  await clock.advance(299_999);
  assert.equal(queue.pop(), undefined);
  await clock.advance(1);
  assert.equal(pop().attempts, 3);
});

test('a rejected pod backs off behind the others, and comes early when there are none', () => {
  const { queue, add, pop } = setup();
  add({ name: 'a', priority: 100 });
  queue.addUnschedulable(pop());
  queue.wake(() => true);
  add({ name: 'b' });
  assert.equal(pop().info.pod.metadata.name, 'b', 'a backs off');
  assert.equal(pop().info.pod.metadata.name, 'a', 'nothing else to do');
});

test('a pod that failed outright waits its back-off out', async () => {
  const { queue, clock, add, pop } = setup();
  add({ name: 'a' });
  for (const delay of [1000, 2000, 4000, 8000, 10_000, 10_000]) {
    queue.addFailed(pop());
    await clock.advance(delay - 1);
    assert.equal(queue.pop(), undefined, `not before ${delay} ms`);
    await clock.advance(1);
  }
  assert.equal(pop().attempts, 7);
});

test('gates hold a pod until they are gone; a relevant change wakes an unschedulable pod, a status write does not', () => {
  const { queue, add, pop } = setup();
  add({ name: 'a', schedulingGates: [{ name: 'wait' }] });
  assert.equal(queue.pop(), undefined);
  add({ name: 'a' });
  const queued = pop();
  queue.addUnschedulable(queued);
  add({ name: 'a' });
  assert.equal(queue.counts().unschedulable, 1);
  add({ name: 'a', tolerations: [{ operator: 'Exists' }] });
  assert.equal(pop().info.pod.spec.tolerations?.length, 1);
});

test('a pod that left the queue while it was tried does not come back', () => {
  const { queue, add, pop } = setup();
  add({ name: 'a' });
  const queued = pop();
  queue.delete(queued.info.uid);
  assert.equal(queue.addFailed(queued), false);
  assert.equal(queue.addUnschedulable(queued), false);
});
