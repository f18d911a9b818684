/** A controller that dies between any two of its writes: its successor counts every pod once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, type JobSpec, podKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import type { ResourceClient, ResourceRef } from '@t8s/client';
import type { KubeObject } from '@t8s/meta';
import { FakeClient } from '@t8s/testkit';
import { isTracked } from './job-pods.ts';
import { runJob } from './test-job.ts';

const verbs = ['create', 'update', 'updateStatus', 'patch', 'delete'];

/** The client of a process that ends instead of its write after `left` others: that one gets no answer. */
function mortal(client: FakeClient, left: number): { client: FakeClient; died: () => boolean } {
  let writes = 0;
  const resource = <T extends KubeObject>(kind: ResourceRef<T>): ResourceClient<T> =>
    new Proxy(client.resource(kind), {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (kind.kind === eventKind.kind || !verbs.includes(String(name))) return value.bind(target);
        return (...args: unknown[]): unknown => (writes++ < left ? value.apply(target, args) : new Promise(() => undefined));
      },
    });
  return { client: Object.assign(Object.create(client) as FakeClient, { resource }), died: () => writes > left };
}

/** Runs the job to its end, its first two pods failing. True when the first controller died on the way. */
async function runWithDeath(spec: Partial<JobSpec>, writes: number): Promise<boolean> {
  const clock = new FakeClock();
  const client = new FakeClient({ clock });
  const first = mortal(client, writes);
  let run = await runJob(spec, { client, clock, own: first.client });
  let hasDied = false;
  let failures = 0;
  for (let round = 0; round < 20; round++) {
    if (!hasDied && first.died()) {
      run.stop();
      hasDied = true;
      run = await runJob(undefined, { client, clock });
    }
    for (const pod of await run.active()) await run.exit(pod, failures++ < 2 ? 1 : 0);
    await run.settle(21_000);
  }
  const { status } = await run.job();
  const pods = (await client.resource(podKind).list()).items;
  const ended = (phase: string): number => pods.filter((pod) => pod.status?.phase === phase).length;
  const after = `after ${writes} writes`;
  assert.equal(status?.conditions?.at(-1)?.type, 'Complete', after);
  assert.deepEqual([status.succeeded, status.failed], [ended('Succeeded'), ended('Failed')], after);
  assert.deepEqual([ended('Succeeded'), ended('Failed')], [spec.completions, 2], after);
  assert.deepEqual([status.uncountedTerminatedPods, pods.filter(isTracked)], [{}, []], after);
  run.stop();
  return hasDied;
}

for (const spec of [
  { completions: 3, parallelism: 2 },
  { completionMode: 'Indexed', completions: 3, parallelism: 2, backoffLimitPerIndex: 3 },
])
  test(`counted once, wherever it dies: ${spec.completionMode ?? 'NonIndexed'}`, async () => {
    let writes = 0;
    while (await runWithDeath(spec, writes)) writes += 1;
    assert.ok(writes > 15, `only ${writes} writes`);
  });
