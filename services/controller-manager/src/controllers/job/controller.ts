/** Job: pods that run to their end. https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
import { type Job, type JobStatus, jobKind, type Pod, podKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { controllerOf, formatTime, objectKey, toSelector } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { claim, type Owner, withKind } from '../../pods/claim.ts';
import { Expectations } from '../../pods/expectations.ts';
import { podIndexers } from '../../pods/indexers.ts';
import { PodControl } from '../../pods/pod-control.ts';
import { isTerminal } from '../../pods/pod-state.ts';
import { WrittenVersions } from '../../written-versions.ts';
import { setCondition } from './accounting.ts';
import { assess } from './assess.ts';
import { type Failures, noFailures } from './backoff.ts';
import { isFinished, isManagedElsewhere, isTracked, isTrue, trackingFinalizer } from './job-pods.ts';
import { JobMetrics, type SyncAction } from './metrics.ts';
import { adjust, dismissAll } from './staff.ts';
import { JobTracker } from './tracker.ts';

/** Pods' events of so many milliseconds are taken together. */
const batch = 1000;
/** Keys of pods whose job is gone or finished: what is left of their finalizers is taken. */
const orphan = 'orphan ';

/** What is remembered of a job between two looks, by its UID. All of it may be lost. */
interface Memory {
  lookedAt: number;
  failures: Failures;
}

export function jobController(context: ControllerContext): Controller {
  const { client, informers, clock, registry, log } = context;
  const events = context.events('job-controller');
  const jobs = informers.informer(jobKind);
  const pods = informers.informer(podKind, { indexers: { ...podIndexers, job: unsettled } });
  const expectations = new Expectations(clock);
  const control = new PodControl({ client, events, pods, expectations });
  const memories = new Map<string, Memory>();
  const versions = new WrittenVersions();
  const metrics = new JobMetrics(registry);
  const tracker = new JobTracker({ client, events, pods, versions, metrics, clock });
  const controller = new Controller({
    name: 'job',
    informers: [jobs, pods],
    reconcile,
    workers: 5,
    baseDelay: batch,
    maxDelay: 60_000,
    log,
    clock,
  });

  jobs.addHandler({
    added(job) {
      metrics.added(job);
      controller.enqueue(objectKey(job));
    },
    updated(job, old) {
      if (job.metadata.generation === old.metadata.generation) enqueueSoon(job);
      else controller.enqueue(objectKey(job));
      if (isFinished(job)) enqueueOrphans(job);
    },
    deleted(job) {
      controller.enqueue(objectKey(job));
      memories.delete(job.metadata.uid ?? '');
      versions.forget(job.metadata.uid);
      enqueueOrphans(job);
    },
  });
  pods.addHandler(expectations.handler);
  pods.addHandler({
    added(pod) {
      metrics.seen(undefined, pod);
      podChanged(pod, false);
    },
    updated(pod, old) {
      metrics.seen(old, pod);
      podChanged(pod, false);
      if (controllerOf(old)?.uid !== controllerOf(pod)?.uid) podChanged(old, false);
    },
    deleted(pod) {
      metrics.seen(pod, undefined);
      podChanged(pod, true);
    },
  });
  return controller;

  function podChanged(pod: Pod, gone: boolean): void {
    tracker.observe(pod, gone);
    const owner = controllerOf(pod);
    const job = jobOf(pod);
    if (job && !isFinished(job)) enqueueSoon(job);
    else if (isTracked(pod) && (!owner || owner.kind === 'Job')) controller.enqueue(orphan + objectKey(pod));
    if (owner) return;
    for (const job of jobs.byIndex('namespace', pod.metadata.namespace ?? ''))
      if (toSelector(job.spec.selector).matches(pod.metadata.labels)) enqueueSoon(job);
  }

  function jobOf(pod: Pod): Job | undefined {
    const owner = controllerOf(pod);
    const job = owner?.kind === 'Job' ? jobs.get(`${pod.metadata.namespace}/${owner.name}`) : undefined;
    return job?.metadata.uid === owner?.uid ? job : undefined;
  }

  function enqueueSoon(job: Job): void {
    controller.enqueueAfter(objectKey(job), (memories.get(job.metadata.uid ?? '')?.lookedAt ?? -Infinity) + batch - clock.now());
  }

  function enqueueOrphans(job: Job): void {
    for (const pod of pods.byIndex('job', job.metadata.uid ?? '')) if (isTracked(pod)) controller.enqueue(orphan + objectKey(pod));
  }

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    if (key.startsWith(orphan)) return void (await freeOrphan(pods.get(key.slice(orphan.length))));
    const cached = jobs.get(key);
    if (!cached) expectations.forget(key);
    if (!cached || isFinished(cached) || isManagedElsewhere(cached)) return undefined;
    if (versions.isBehind(cached)) return undefined;
    const { uid = '' } = cached.metadata;
    const memory = memories.get(uid) ?? { lookedAt: 0, failures: noFailures };
    memories.set(uid, memory);
    memory.lookedAt = clock.now();
    const job = withKind(jobKind, cached);
    const begun = performance.now();
    const sync: { action: SyncAction; failed: boolean } = { action: 'reconciling', failed: true };
    try {
      const result = await look(job, memory, sync);
      sync.failed = false;
      return result;
    } finally {
      metrics.synced(job, { ...sync, seconds: (performance.now() - begun) / 1000 });
    }
  }

  /** Tells in `sync` what it does. */
  async function look(job: Owner<Job>, memory: Memory, sync: { action: SyncAction }): Promise<{ requeueAfter: number } | undefined> {
    const isSettled = expectations.satisfied(objectKey(job));
    const owned = await claim({
      client,
      kind: podKind,
      owner: job,
      ownerKind: jobKind,
      selector: toSelector(job.spec.selector),
      candidates: [...pods.byIndex('job', job.metadata.uid ?? ''), ...pods.byIndex('orphan', job.metadata.namespace ?? '')],
      finalizer: trackingFinalizer,
    });
    const now = clock.now();
    const { activeDeadlineSeconds = Infinity, suspend } = job.spec;
    const startTime = job.status?.startTime ?? (suspend ? undefined : formatTime(now));
    // The deadline is one for the time in which the job runs.
    const runsSince = !suspend && isTrue(job.status, 'Suspended') ? formatTime(now) : startTime;
    const { failures } = memory;
    const assessment = assess({ job, startTime: runsSince, pods: owned, released: tracker.released, failures, now });
    const input = { job, assessment, control, tracker, isSettled, now };
    const { active, ready, terminating, verdict, error, wait, action } = await (assessment.verdict ? dismissAll(input) : adjust(input));
    sync.action = action;
    const status: JobStatus = { ...job.status, ...(startTime !== undefined && { startTime }), active, ready, terminating };
    const goesOn = !verdict && !assessment.verdict;
    if (goesOn && isSettled && !job.metadata.deletionTimestamp && tellSuspension(job, status, now) && !suspend)
      status.startTime = formatTime(now);
    const entered = (): void => {
      memory.failures = assessment.failures;
    };
    await tracker.account({ job, status, assessment, verdict, entered });
    if (error !== undefined) throw error;
    const deadline =
      suspend || startTime === undefined ? Infinity : Date.parse(status.startTime ?? '') + activeDeadlineSeconds * 1000 - now;
    const requeueAfter = Math.min(wait ?? Infinity, deadline);
    return goesOn && Number.isFinite(requeueAfter) ? { requeueAfter } : undefined;
  }

  /** True when that has changed. */
  function tellSuspension(job: Owner<Job>, status: JobStatus, now: number): boolean {
    const [word, value] = job.spec.suspend ? ['suspended', 'True'] : ['resumed', 'False'];
    const reason = job.spec.suspend ? 'Suspended' : 'Resumed';
    const message = `Job ${word}`;
    if (!setCondition(status, { type: 'Suspended', status: value ?? '', reason: `Job${reason}`, message }, now)) return false;
    events.event(job, 'Normal', reason, message);
    return true;
  }

  async function freeOrphan(pod: Pod | undefined): Promise<void> {
    const owner = pod && controllerOf(pod);
    if (!pod || (owner && owner.kind !== 'Job')) return;
    const job = jobOf(pod);
    if (!job || (isFinished(job) && !isManagedElsewhere(job))) await tracker.free(pod);
  }
}

/** By the UID of its job, each pod that lives or is not counted yet: a job of many pods looks at few. */
function unsettled(pod: Pod): string[] {
  const owner = controllerOf(pod);
  return owner?.kind === 'Job' && (isTracked(pod) || !isTerminal(pod)) ? [owner.uid] : [];
}
