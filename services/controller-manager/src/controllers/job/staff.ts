/** Gives a job the pods it should have, and takes them where it ends. */
import type { Job, Pod } from '@t8s/api';
import type { Owner } from '../../pods/claim.ts';
import type { PodControl } from '../../pods/pod-control.ts';
import { isReady } from '../../pods/pod-state.ts';
import { slowStart } from '../../pods/slow-start.ts';
import type { Assessment, Verdict } from './assess.ts';
import { failureAnnotations } from './index-failures.ts';
import type { SyncAction } from './metrics.ts';
import { plan } from './plan.ts';
import { podTemplate } from './template.ts';
import type { JobTracker } from './tracker.ts';

/** What the pods were made to be. */
export interface Staff {
  active: number;
  ready: number;
  terminating: number;
  /** Spoken only when no pod is active and none can be there that the cache doesn't show. */
  verdict: Verdict | undefined;
  error?: unknown;
  /** Milliseconds until pods may be made. */
  wait?: number | undefined;
  action: SyncAction;
}

export interface StaffInput {
  job: Owner<Job>;
  assessment: Assessment;
  control: PodControl;
  tracker: JobTracker;
  /** The cache shows all that was made and deleted. */
  isSettled: boolean;
  now: number;
}

/** The job ends: the pods that still run go. They keep their finalizer until they are counted. */
export async function dismissAll({ job, assessment, control, isSettled }: StaffInput): Promise<Staff> {
  const { active, terminating, verdict } = assessment;
  const results = await Promise.allSettled(active.map((pod) => control.delete(job, pod)));
  const left = active.filter((_, i) => results[i]?.status === 'rejected');
  return {
    active: left.length,
    ready: left.filter(isReady).length,
    terminating: terminating.length + active.length - left.length,
    verdict: left.length === 0 && isSettled ? verdict : undefined,
    error: results.find((r) => r.status === 'rejected')?.reason,
    action: 'reconciling',
  };
}

/** The job goes on, unless this was the last pod it needed. */
export async function adjust(input: StaffInput): Promise<Staff> {
  const { job, assessment, isSettled } = input;
  const { active, terminating, succeeded } = assessment;
  const isActing = isSettled && !job.metadata.deletionTimestamp;
  const changes: Changes = isActing ? await carryOut(input) : { removed: [], made: 0, action: 'reconciling' };
  const count = active.length + changes.made - changes.removed.length;
  const isDone = count === 0 && succeeded >= (job.spec.completions ?? 1);
  const message = 'Reached expected number of succeeded pods';
  return {
    active: count,
    ready: active.filter(isReady).length - changes.removed.filter(isReady).length,
    terminating: terminating.length + changes.removed.length,
    verdict: isDone ? { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message } : undefined,
    error: changes.error,
    wait: changes.wait,
    action: changes.action,
  };
}

type Changes = Pick<Staff, 'error' | 'wait' | 'action'> & { removed: Pod[]; made: number };

async function carryOut({ job, assessment, control, tracker, now }: StaffInput): Promise<Changes> {
  const { remove, create, wait } = plan(job, assessment, now);
  // A pod too many is no failure: it loses its finalizer first, and is not counted.
  const removals = await Promise.allSettled(remove.map((pod) => tracker.free(pod).then(() => control.delete(job, pod))));
  const made = await slowStart(create.length, (i) => {
    const index = create[i];
    const counts = index !== undefined && job.spec.backoffLimitPerIndex !== undefined;
    const annotations = counts ? failureAnnotations(assessment.indexes?.keptFor.get(index), job.spec) : {};
    const { template, generateName } = podTemplate(job, index, annotations);
    return control.create(job, template, generateName);
  });
  return {
    removed: remove.filter((_, i) => removals[i]?.status === 'fulfilled'),
    made: made.succeeded,
    error: removals.find((r) => r.status === 'rejected')?.reason ?? made.error,
    wait,
    action: remove.length > 0 ? 'pods_deleted' : create.length > 0 || wait !== undefined ? 'pods_created' : 'tracking',
  };
}
