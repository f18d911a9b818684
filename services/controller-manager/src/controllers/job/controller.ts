/** Job: pods that run to their end. https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
import { isDeepStrictEqual } from 'node:util';
import { type Job, type JobStatus, jobKind, type Pod, podKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { controllerOf, formatTime, objectKey, toSelector } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { claim, freshOwner, type Owner, patchUnlessGone, withKind } from '../../pods/claim.ts';
import { Expectations } from '../../pods/expectations.ts';
import { podIndexers } from '../../pods/indexers.ts';
import { PodControl } from '../../pods/pod-control.ts';
import { isReady, isTerminal } from '../../pods/pod-state.ts';
import { slowStart } from '../../pods/slow-start.ts';
import { WrittenVersions } from '../../written-versions.ts';
import { conclude, countReleased, enterEnded, setCondition, tidy } from './accounting.ts';
import { type Assessment, assess, type Verdict } from './assess.ts';
import { type Failures, noFailures } from './backoff.ts';
import { failureAnnotations } from './index-failures.ts';
import { isFinished, isManagedElsewhere, isTracked, isTrue, trackingFinalizer } from './job-pods.ts';
import { plan } from './plan.ts';
import { podTemplate } from './template.ts';

/** Pods' events of so many milliseconds are taken together. */
const batch = 1000;
/** Keys of pods whose job is gone or finished: what is left of their finalizers is taken. */
const orphan = 'orphan ';

/** What is remembered of a job between two looks, by its UID. All of it may be lost. */
interface Memory {
  lookedAt: number;
  failures: Failures;
}

/** What the pods were made to be. */
interface Managed {
  active: number;
  ready: number;
  terminating: number;
  verdict: Verdict | undefined;
  error?: unknown;
  wait?: number | undefined;
}

export function jobController(context: ControllerContext): Controller {
  const { client, informers, clock, log } = context;
  const events = context.events('job-controller');
  const jobs = informers.informer(jobKind);
  const pods = informers.informer(podKind, { indexers: { ...podIndexers, job: unsettled } });
  const expectations = new Expectations(clock);
  const control = new PodControl({ client, events, pods, expectations });
  const memories = new Map<string, Memory>();
  const versions = new WrittenVersions();
  /** UIDs of pods that have lost their finalizer, as long as the cache shows it. */
  const released = new Set<string>();
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
    added: (job) => controller.enqueue(objectKey(job)),
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
    added: podChanged,
    updated(pod, old) {
      podChanged(pod);
      if (controllerOf(old)?.uid !== controllerOf(pod)?.uid) podChanged(old);
    },
    deleted(pod) {
      released.delete(pod.metadata.uid ?? '');
      podChanged(pod);
    },
  });
  return controller;

  function podChanged(pod: Pod): void {
    if (!isTracked(pod)) released.delete(pod.metadata.uid ?? '');
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
    return look(withKind(jobKind, cached), memory);
  }

  async function look(job: Owner<Job>, memory: Memory): Promise<{ requeueAfter: number } | undefined> {
    const isSettled = expectations.satisfied(objectKey(job));
    const owned = await claim({
      client,
      kind: podKind,
      owner: job,
      selector: toSelector(job.spec.selector),
      candidates: [...pods.byIndex('job', job.metadata.uid ?? ''), ...pods.byIndex('orphan', job.metadata.namespace ?? '')],
      finalizer: trackingFinalizer,
      freshOwner: () => freshOwner(client, jobKind, job),
    });
    const now = clock.now();
    const startTime = job.status?.startTime ?? (job.spec.suspend ? undefined : formatTime(now));
    const isResumed = !job.spec.suspend && isTrue(job.status, 'Suspended');
    const assessment = assess({
      job,
      startTime: isResumed ? formatTime(now) : startTime,
      pods: owned,
      released,
      failures: memory.failures,
      now,
    });
    const managed = assessment.verdict ? await end(job, assessment, isSettled) : await go(job, assessment, isSettled);
    const status: JobStatus = { ...job.status, ...(startTime !== undefined && { startTime }) };
    status.active = managed.active;
    status.ready = managed.ready;
    status.terminating = managed.terminating;
    if (!managed.verdict && !assessment.verdict && isSettled && !job.metadata.deletionTimestamp) tellSuspension(job, status, now);
    await account(job, status, { assessment, verdict: managed.verdict, memory });
    if (managed.error !== undefined) throw managed.error;
    const { activeDeadlineSeconds, suspend } = job.spec;
    const deadline =
      activeDeadlineSeconds === undefined || suspend ? Infinity : Date.parse(status.startTime ?? '') + activeDeadlineSeconds * 1000 - now;
    const wait = Math.min(managed.wait ?? Infinity, deadline);
    return Number.isFinite(wait) && !managed.verdict ? { requeueAfter: wait } : undefined;
  }

  /** The pods that still run go. They keep their finalizer until they are counted. */
  async function end(job: Owner<Job>, { active, terminating, verdict }: Assessment, isSettled: boolean): Promise<Managed> {
    const results = await Promise.allSettled(active.map((pod) => control.delete(job, pod)));
    const left = active.filter((_, i) => results[i]?.status === 'rejected');
    return {
      active: left.length,
      ready: left.filter(isReady).length,
      terminating: terminating.length + active.length - left.length,
      // As long as pods may be there that we don't see, the end is not told.
      verdict: left.length === 0 && isSettled ? verdict : undefined,
      error: results.find((r) => r.status === 'rejected')?.reason,
    };
  }

  async function go(job: Owner<Job>, assessment: Assessment, isSettled: boolean): Promise<Managed> {
    const { active, terminating, succeeded, indexes } = assessment;
    const managed: Managed = {
      active: active.length,
      ready: active.filter(isReady).length,
      terminating: terminating.length,
      verdict: undefined,
    };
    if (isSettled && !job.metadata.deletionTimestamp) {
      const { remove, create, wait } = plan(job, assessment, clock.now());
      managed.wait = wait;
      const results = await Promise.allSettled(remove.map((pod) => dismiss(job, pod)));
      const removed = remove.filter((_, i) => results[i]?.status === 'fulfilled');
      const made = await slowStart(create.length, (i) => {
        const index = create[i];
        const annotations =
          index !== undefined && job.spec.backoffLimitPerIndex !== undefined
            ? failureAnnotations(indexes?.keptFor.get(index), job.spec)
            : {};
        const { template, generateName } = podTemplate(job, index, annotations);
        return control.create(job, template, generateName);
      });
      managed.active += made.succeeded - removed.length;
      managed.ready -= removed.filter(isReady).length;
      managed.terminating += removed.length;
      managed.error = results.find((r) => r.status === 'rejected')?.reason ?? made.error;
    }
    const { completions } = job.spec;
    if (managed.active === 0 && succeeded >= (completions ?? 1))
      managed.verdict = {
        type: 'SuccessCriteriaMet',
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
      };
    return managed;
  }

  /** A pod too many is no failure: it loses its finalizer first, and is not counted. */
  async function dismiss(job: Owner<Job>, pod: Pod): Promise<void> {
    await free(pod);
    await control.delete(job, pod);
  }

  function tellSuspension(job: Owner<Job>, status: JobStatus, now: number): void {
    if (job.spec.suspend) {
      if (setCondition(status, { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }, now))
        events.event(job, 'Normal', 'Suspended', 'Job suspended');
    } else if (setCondition(status, { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }, now)) {
      events.event(job, 'Normal', 'Resumed', 'Job resumed');
      // The deadline is one for the time in which the job runs.
      status.startTime = formatTime(now);
    }
  }

  /** Writes the status, before and after pods lose their finalizers: see accounting.ts. */
  async function account(
    job: Owner<Job>,
    status: JobStatus,
    { assessment, verdict, memory }: { assessment: Assessment; verdict: Verdict | undefined; memory: Memory },
  ): Promise<void> {
    const held = new Set(assessment.tracked.map(({ metadata }) => metadata.uid ?? ''));
    countReleased(status, held);
    const { release, more } = enterEnded(job, status, assessment, verdict);
    if (verdict) setCondition(status, { ...verdict, status: 'True' }, clock.now());
    const current = await write(job, status);
    memory.failures = assessment.failures;
    const results = await Promise.allSettled(release.map(free));
    for (const [i, pod] of release.entries()) if (results[i]?.status === 'fulfilled') held.delete(pod.metadata.uid ?? '');
    countReleased(status, held);
    const failed = results.find((r) => r.status === 'rejected');
    const isOver = verdict !== undefined && !more && !failed && conclude(status, verdict, clock.now());
    await write(current, status);
    if (isOver) tellEnd(job, status, verdict);
    if (failed) throw failed.reason;
  }

  async function write(job: Owner<Job>, status: JobStatus): Promise<Owner<Job>> {
    const tidied = tidy(status);
    if (isDeepStrictEqual(tidied, job.status)) return job;
    const written = await client.resource(jobKind).updateStatus({ ...job, status: tidied });
    versions.wrote(written);
    return withKind(jobKind, written);
  }

  function tellEnd(job: Owner<Job>, { succeeded = 0 }: JobStatus, { type, reason, message }: Verdict): void {
    const isSuccess = type === 'SuccessCriteriaMet';
    if (isSuccess && succeeded > (job.spec.completions ?? Infinity))
      events.event(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
    if (isSuccess) events.event(job, 'Normal', 'Completed', 'Job completed');
    else events.event(job, 'Warning', reason, message);
  }

  /** Takes the finalizer from a pod; one that is gone has none. */
  async function free(pod: Pod): Promise<void> {
    if (!isTracked(pod)) return;
    await patchUnlessGone(client, podKind, pod, { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] });
    const cached = pods.get(objectKey(pod));
    if (cached && cached.metadata.uid === pod.metadata.uid && isTracked(cached)) released.add(pod.metadata.uid ?? '');
  }

  async function freeOrphan(pod: Pod | undefined): Promise<void> {
    if (!pod) return;
    const owner = controllerOf(pod);
    const job = jobOf(pod);
    if (owner && owner.kind !== 'Job') return;
    if (!job || (isFinished(job) && !isManagedElsewhere(job))) await free(pod);
  }
}

/** By the UID of its job, each pod that lives or is not counted yet: a job of many pods looks at few. */
function unsettled(pod: Pod): string[] {
  const owner = controllerOf(pod);
  return owner?.kind === 'Job' && (isTracked(pod) || !isTerminal(pod)) ? [owner.uid] : [];
}
