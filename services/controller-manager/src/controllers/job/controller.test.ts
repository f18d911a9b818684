import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventKind, type Job, type JobSpec, jobKind, type Pod, podKind } from '@t8s/api';
import { type JobRun, jobOf, ref, runJob } from './test-job.ts';

const conditions = ({ status }: Job): unknown => (status?.conditions ?? []).map((c) => [c.type, c.status, c.reason, c.message]);
const reached = 'Reached expected number of succeeded pods';
const events = async ({ client }: JobRun): Promise<string[]> =>
  (await client.resource(eventKind).list()).items.map((e) => `${e.type} ${e.reason} ${e.message}`);
const exitAll = async (run: JobRun, code: number): Promise<void> => {
  for (const pod of await run.active()) await run.exit(pod, code);
  await run.settle(2000);
};

test('runs one pod to its end', async () => {
  const run = await runJob({});
  const [pod] = await run.active();
  assert.match(pod?.metadata.name ?? '', /^pi-/);
  assert.deepEqual([pod?.metadata.finalizers, pod?.metadata.ownerReferences?.[0]?.uid], [['batch.kubernetes.io/job-tracking'], 'job-uid']);
  const started = (await run.job()).status;
  assert.deepEqual(started, { active: 1, ready: 0, terminating: 0, startTime: started?.startTime, uncountedTerminatedPods: {} });
  await run.exit(pod, 0);
  await run.settle(2000);
  const job = await run.job();
  const { completionTime, conditions: _, startTime, ...status } = job.status ?? {};
  assert.deepEqual(status, { ready: 0, terminating: 0, succeeded: 1, uncountedTerminatedPods: {} });
  assert.ok(startTime && completionTime);
  assert.deepEqual(conditions(job), [
    ['SuccessCriteriaMet', 'True', 'CompletionsReached', reached],
    ['Complete', 'True', 'CompletionsReached', reached],
  ]);
  assert.deepEqual((await run.client.resource(podKind).list()).items[0]?.metadata.finalizers ?? [], []);
  assert.deepEqual(await events(run), [`Normal SuccessfulCreate Created pod: ${pod?.metadata.name}`, 'Normal Completed Job completed']);
  run.stop();
});

test('never more pods than are wanted, nor than are still to be done', async () => {
  const run = await runJob({ completions: 5, parallelism: 3 });
  for (const expected of [3, 2, 0]) {
    assert.equal((await run.active()).length, expected);
    await exitAll(run, 0);
  }
  assert.equal((await run.job()).status?.succeeded, 5);
  assert.equal((await run.client.resource(podKind).list()).items.length, 5);
  run.stop();
});

test('a work queue: after the first success nobody joins, and the last to leave ends it', async () => {
  const run = await runJob({ parallelism: 3 });
  const [first] = await run.active();
  await run.exit(first, 0);
  await run.settle(2000);
  assert.deepEqual([(await run.active()).length, conditions(await run.job())], [2, []]);
  await exitAll(run, 1);
  const { status } = await run.job();
  assert.deepEqual([status?.succeeded, status?.failed, status?.conditions?.at(-1)?.type], [1, 2, 'Complete']);
  run.stop();
});

test('waits longer with each failure, and gives up', async () => {
  const run = await runJob({ backoffLimit: 2 });
  for (const wait of [10_000, 20_000]) {
    await exitAll(run, 1);
    await run.settle(wait - 4000);
    assert.equal((await run.active()).length, 0);
    await run.settle(4000);
    assert.equal((await run.active()).length, 1);
  }
  await exitAll(run, 1);
  const job = await run.job();
  const why = ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'];
  assert.deepEqual(conditions(job), [
    ['FailureTarget', 'True', ...why],
    ['Failed', 'True', ...why],
  ]);
  assert.equal(job.status?.failed, 3);
  assert.equal((await events(run)).at(-1), `Warning ${why.join(' ')}`);
  run.stop();
});

test('a deadline ends it; it is Failed when its pods are gone', async () => {
  const run = await runJob({ parallelism: 2, completions: 2, activeDeadlineSeconds: 30 });
  // A kubelet would still be at it.
  for (const pod of await run.active())
    await run.client
      .resource(podKind)
      .patch(
        { ...ref, name: pod.metadata.name ?? '' },
        { type: 'merge', body: { metadata: { finalizers: [...(pod.metadata.finalizers ?? []), 'x/kubelet'] } } },
      );
  await run.settle(31_000);
  const why = ['DeadlineExceeded', 'Job was active longer than specified deadline'];
  const job = await run.job();
  assert.deepEqual(conditions(job), [['FailureTarget', 'True', ...why]]);
  assert.deepEqual([job.status?.active, job.status?.terminating, job.status?.failed], [undefined, 2, 2]);
  for (const { metadata } of (await run.client.resource(podKind).list()).items)
    await run.client
      .resource(podKind)
      .patch({ ...ref, name: metadata.name ?? '' }, { type: 'merge', body: { metadata: { finalizers: null } } });
  await run.settle(2000);
  assert.deepEqual(conditions(await run.job()), [
    ['FailureTarget', 'True', ...why],
    ['Failed', 'True', ...why],
  ]);
  run.stop();
});

test('suspended, it has no pods and no clock; resumed, it starts anew', async () => {
  const run = await runJob({ parallelism: 2, completions: 2, suspend: true, activeDeadlineSeconds: 60 });
  assert.deepEqual((await run.job()).status?.startTime, undefined);
  const suspend = (value: boolean): Promise<unknown> =>
    run.client.resource(jobKind).patch(ref, { type: 'merge', body: { spec: { suspend: value } } });
  await suspend(false);
  await run.settle(2000);
  assert.equal((await run.active()).length, 2);
  const resumed = await run.job();
  assert.deepEqual(conditions(resumed), [['Suspended', 'False', 'JobResumed', 'Job resumed']]);
  await suspend(true);
  await run.settle(100_000);
  const job = await run.job();
  assert.deepEqual([(await run.active()).length, job.status?.active, job.status?.failed], [0, undefined, undefined]);
  assert.deepEqual(conditions(job), [['Suspended', 'True', 'JobSuspended', 'Job suspended']]);
  await suspend(false);
  await run.settle(2000);
  assert.notEqual((await run.job()).status?.startTime, resumed.status?.startTime);
  assert.deepEqual(
    (await events(run)).filter((e) => /Job (suspended|resumed)/.test(e)),
    ['Normal Suspended Job suspended', 'Normal Resumed Job resumed'],
  );
  run.stop();
});

test('with indexes: each index once, in order, and told by annotation, label, host name and environment', async () => {
  const run = await runJob({ completionMode: 'Indexed', completions: 5, parallelism: 3 });
  const [first, second] = await run.active();
  const { metadata, spec } = second as Pod;
  assert.match(metadata.name ?? '', /^pi-1-/);
  const key = 'batch.kubernetes.io/job-completion-index';
  assert.deepEqual([metadata.annotations?.[key], metadata.labels?.[key], spec.hostname], ['1', '1', 'pi-1']);
  assert.deepEqual(spec.containers[0]?.env, [
    { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${key}']` } } },
  ]);
  await run.exit(second, 0);
  await run.exit(first, 1);
  await run.settle(2000);
  assert.equal((await run.job()).status?.completedIndexes, '1');
  await run.settle(10_000);
  assert.deepEqual(
    (await run.active()).map((p) => p.spec.hostname),
    ['pi-2', 'pi-0', 'pi-3'],
  );
  await exitAll(run, 0);
  await exitAll(run, 0);
  const { status } = await run.job();
  assert.deepEqual(
    [status?.completedIndexes, status?.succeeded, status?.failed, status?.conditions?.at(-1)?.type],
    ['0-4', 5, 1, 'Complete'],
  );
  run.stop();
});

test('with a limit for each index: its own back-off, its own end', async () => {
  const run = await runJob({ completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 1 });
  const [a, b, c] = await run.active();
  await run.exit(a, 1);
  await run.exit(b, 0);
  await run.settle(2000);
  assert.equal((await run.job()).status?.failed, undefined, 'the failed pod is kept for its successor');
  await run.settle(9000);
  const again = (await run.active()).find((p) => p.spec.hostname === 'pi-0');
  assert.equal(again?.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count'], '1');
  await run.settle(2000);
  assert.equal((await run.job()).status?.failed, 1);
  await run.exit(again, 1);
  await run.settle(2000);
  assert.deepEqual([(await run.job()).status?.failedIndexes, conditions(await run.job())], ['0', []]);
  await run.exit(c, 0);
  await run.settle(2000);
  const job = await run.job();
  assert.deepEqual([job.status?.completedIndexes, job.status?.failedIndexes, job.status?.failed], ['1,2', '0', 2]);
  assert.deepEqual(conditions(job), [
    ['FailureTarget', 'True', 'FailedIndexes', 'Job has failed indexes'],
    ['Failed', 'True', 'FailedIndexes', 'Job has failed indexes'],
  ]);
  run.stop();
});

const onExitCodes = (action: string, ...values: number[]): JobSpec['podFailurePolicy'] => ({
  rules: [{ action, onExitCodes: { operator: 'In', values } }],
});
const policies: [spec: Partial<JobSpec>, exit: number, ends: string | undefined, failed: number | undefined, failedIndexes?: string][] = [
  [{ podFailurePolicy: onExitCodes('FailJob', 42) }, 42, 'PodFailurePolicy', 1],
  [{ podFailurePolicy: onExitCodes('FailJob', 42) }, 1, undefined, 1],
  [{ podFailurePolicy: onExitCodes('Ignore', 42), backoffLimit: 0 }, 42, undefined, undefined],
  [{ podFailurePolicy: onExitCodes('Count', 42), backoffLimit: 0 }, 42, 'BackoffLimitExceeded', 1],
  [
    {
      completionMode: 'Indexed',
      completions: 2,
      parallelism: 2,
      backoffLimitPerIndex: 5,
      maxFailedIndexes: 0,
      podFailurePolicy: onExitCodes('FailIndex', 42),
    },
    42,
    'MaxFailedIndexesExceeded',
    2,
    '0',
  ],
];

test('what a pod failure policy does', async () => {
  for (const [spec, code, reason, failed, failedIndexes] of policies) {
    const run = await runJob(spec);
    const [pod] = await run.active();
    await run.exit(pod, code);
    await run.settle(3000);
    const { status } = await run.job();
    assert.deepEqual(
      [status?.conditions?.[0]?.reason, status?.failed, status?.failedIndexes],
      [reason, failed, failedIndexes],
      JSON.stringify(spec),
    );
    if (reason === 'PodFailurePolicy')
      assert.equal(
        status?.conditions?.at(-1)?.message,
        `Container c for pod d/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
      );
    run.stop();
  }
});

test('a success policy: some indexes are enough, the rest is let go uncounted', async () => {
  const run = await runJob({
    completionMode: 'Indexed',
    completions: 4,
    parallelism: 4,
    successPolicy: { rules: [{ succeededIndexes: '0,3', succeededCount: 1 }] },
  });
  const pods = await run.active();
  await run.exit(pods[1], 0);
  await run.settle(2000);
  assert.deepEqual(conditions(await run.job()), []);
  await run.exit(pods[3], 0);
  await run.settle(4000);
  const job = await run.job();
  assert.deepEqual(conditions(job), [
    ['SuccessCriteriaMet', 'True', 'SuccessPolicy', 'Matched rules at index 0'],
    ['Complete', 'True', 'SuccessPolicy', 'Matched rules at index 0'],
  ]);
  assert.deepEqual([job.status?.completedIndexes, job.status?.failed], ['1,3', undefined]);
  run.stop();
});

test('a success policy: it is Complete when what it dismissed is gone', async () => {
  const successPolicy = { rules: [{ succeededCount: 1 }] };
  const run = await runJob({ completionMode: 'Indexed', completions: 2, parallelism: 2, successPolicy });
  const [first, second] = await run.active();
  const pods = run.client.resource(podKind);
  const held = { ...ref, name: second?.metadata.name ?? '' };
  await pods.patch(held, {
    type: 'merge',
    body: { metadata: { finalizers: ['x/kubelet', ...(second?.metadata.finalizers ?? [])] } },
  });
  await run.exit(first, 0);
  await run.settle(4000);
  const going = await run.job();
  assert.deepEqual([(conditions(going) as unknown[]).length, going.status?.terminating, going.status?.completionTime], [1, 1, undefined]);
  await pods.patch(held, { type: 'merge', body: { metadata: { finalizers: null } } });
  await run.settle(4000);
  const { status } = await run.job();
  assert.deepEqual(
    [status?.conditions?.at(-1)?.type, status?.terminating, status?.succeeded, status?.failed],
    ['Complete', 0, 1, undefined],
  );
  run.stop();
});

test('more successes than asked for are told', async () => {
  const run = await runJob({ completions: 2, parallelism: 3 });
  const pods = run.client.resource(podKind);
  const [first, second] = await run.active();
  const { resourceVersion: _, uid: _uid, ...metadata } = first?.metadata ?? {};
  await pods.create({ metadata: { ...metadata, name: 'third' }, spec: { containers: [] }, status: { phase: 'Succeeded' } });
  await run.exit(first, 0);
  await run.exit(second, 0);
  await run.settle(2000);
  assert.deepEqual((await events(run)).slice(-2), [
    'Warning TooManySucceededPods Too many succeeded pods running after completion count reached',
    'Normal Completed Job completed',
  ]);
  run.stop();
});

test('metrics tell of syncs, ends and what a policy did', async () => {
  const run = await runJob({ podFailurePolicy: onExitCodes('Ignore', 42), backoffLimit: 0 });
  await exitAll(run, 42);
  await run.settle(20_000);
  await exitAll(run, 1);
  await run.settle(2000);
  const lines = (await run.registry.metrics()).split('\n');
  for (const line of [
    'job_controller_jobs_finished_total{completion_mode="NonIndexed",result="failed",reason="BackoffLimitExceeded"} 1',
    'job_controller_job_pods_finished_total{completion_mode="NonIndexed",result="failed"} 1',
    'job_controller_pod_failures_handled_by_failure_policy_total{action="Ignore"} 1',
    'job_controller_terminated_pods_tracking_finalizer_total{event="add"} 2',
    'job_controller_terminated_pods_tracking_finalizer_total{event="delete"} 2',
    'job_controller_job_syncs_total{completion_mode="NonIndexed",result="success",action="pods_created"} 4',
  ])
    assert.ok(lines.includes(line), `${line}\n${lines.filter((l) => l.startsWith(line.slice(0, 30))).join('\n')}`);
  run.stop();
});

test('a pod on its way out is replaced at once, or only when it has failed', async () => {
  for (const [podReplacementPolicy, expected] of [
    ['TerminatingOrFailed', 1],
    ['Failed', 0],
  ] as const) {
    const run = await runJob({ podReplacementPolicy });
    const [pod] = await run.active();
    const at = { ...ref, name: pod?.metadata.name ?? '' };
    await run.client
      .resource(podKind)
      .patch(at, { type: 'merge', body: { metadata: { finalizers: ['x/kubelet', ...(pod?.metadata.finalizers ?? [])] } } });
    await run.client.resource(podKind).delete(at);
    await run.settle(12_000);
    assert.deepEqual([(await run.active()).length, (await run.job()).status?.terminating], [expected, 1], podReplacementPolicy);
    await run.exit(await run.client.resource(podKind).get(at), 1);
    await run.settle(12_000);
    assert.deepEqual([(await run.active()).length, (await run.job()).status?.failed], [1, 1], podReplacementPolicy);
    run.stop();
  }
});

test('another controller’s job is left alone; a deleted one lets its pods go', async () => {
  const other = await runJob({ managedBy: 'example.com/kueue' });
  await other.settle(2000);
  assert.deepEqual([await other.active(), (await other.job()).status], [[], undefined]);
  other.stop();
  const run = await runJob({});
  await run.client.resource(jobKind).delete(ref);
  await run.settle(2000);
  assert.deepEqual(
    (await run.client.resource(podKind).list()).items.map((p) => p.metadata.finalizers),
    [[]],
  );
  run.stop();
});

test('takes in matching pods that nobody owns, and lets go of those that match no more', async () => {
  const labels = { app: 'mine' };
  const template = { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
  const run = await runJob();
  const pods = run.client.resource(podKind);
  await pods.create({ metadata: { ...ref, name: 'orphan', labels }, spec: template.spec });
  await run.client.resource(jobKind).create(jobOf({ manualSelector: true, selector: { matchLabels: labels }, template }));
  await run.settle(2000);
  const { ownerReferences, finalizers } = (await pods.get({ ...ref, name: 'orphan' })).metadata;
  assert.deepEqual(
    [ownerReferences?.[0]?.uid, finalizers, (await run.active()).length],
    ['job-uid', ['batch.kubernetes.io/job-tracking'], 1],
  );
  await pods.patch({ ...ref, name: 'orphan' }, { type: 'merge', body: { metadata: { labels: { app: 'other' } } } });
  await run.settle(2000);
  const released = (await pods.get({ ...ref, name: 'orphan' })).metadata;
  assert.deepEqual([released.ownerReferences ?? [], released.finalizers ?? [], (await run.active()).length], [[], [], 1]);
  run.stop();
});

test('with indexes it may shrink and grow', async () => {
  const run = await runJob({ completionMode: 'Indexed', completions: 4, parallelism: 4 });
  const resize = (n: number): Promise<unknown> =>
    run.client.resource(jobKind).patch(ref, { type: 'merge', body: { spec: { completions: n, parallelism: n } } });
  const hosts = async (): Promise<(string | undefined)[]> => (await run.active()).map((pod) => pod.spec.hostname).sort();
  await run.exit((await run.active())[3], 0);
  await run.settle(2000);
  await resize(2);
  await run.settle(2000);
  assert.deepEqual(
    [await hosts(), (await run.job()).status?.completedIndexes, (await run.job()).status?.failed],
    [['pi-0', 'pi-1'], undefined, undefined],
  );
  await resize(3);
  await run.settle(2000);
  assert.deepEqual(await hosts(), ['pi-0', 'pi-1', 'pi-2']);
  run.stop();
});

test('ten thousand indexes cost what their pods cost', async () => {
  const run = await runJob();
  const started = performance.now();
  await run.client.resource(jobKind).create(jobOf({ completionMode: 'Indexed', completions: 10_000, parallelism: 10_000 }));
  await run.settle(60_000);
  assert.equal((await run.job()).status?.active, 10_000);
  assert.ok(performance.now() - started < 60_000);
  run.stop();
});
