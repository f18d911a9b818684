/**
 * Counts pods that have ended, each once, whenever this process dies: (1) their UIDs go into the status, (2) they lose the
 * finalizer that held them, (3) the UIDs become numbers. A UID in the status whose pod has no finalizer is one to be counted.
 * Indexes count themselves. Pure; the reconcile does the writes between the steps.
 */
import type { Job, JobCondition, JobStatus, Pod } from '@t8s/api';
import { formatTime } from '@t8s/meta';
import type { Assessment, Verdict } from './assess.ts';
import { completionIndex, conditionOf, isFailed, isIndexed } from './job-pods.ts';
import { isCounted } from './pod-failure-policy.ts';

/** Most UIDs in a status. */
const maxUncounted = 500;

export interface Ended {
  job: Job;
  /** Written to. */
  status: JobStatus;
  assessment: Assessment;
  /** Where it is spoken, pods that live count as ended. */
  verdict: Verdict | undefined;
}

export interface Tally {
  /** Pods to lose their finalizer once the status is written. */
  release: Pod[];
  /** More pods have ended than are looked at here. */
  more: boolean;
}

/** Step 1: enters pods that have ended into `status`. */
export function enterEnded({ job, status, assessment, verdict }: Ended): Tally {
  const { spec, metadata } = job;
  const { indexes, tracked } = assessment;
  const uncounted = status.uncountedTerminatedPods ?? {};
  const [succeeded, failed] = [new Set(uncounted.succeeded), new Set(uncounted.failed)];
  const fresh = new Set<number>();
  const release: Pod[] = [];
  const isFull = (): boolean => fresh.size + succeeded.size + failed.size >= maxUncounted;
  for (const pod of tracked) {
    const { uid = '' } = pod.metadata;
    const hasSucceeded = pod.status?.phase === 'Succeeded';
    const hasFailed = isFailed(pod, spec);
    const index = completionIndex(pod, spec);
    const isKept = indexes?.keptFor.get(index ?? -1) === pod;
    if (metadata.deletionTimestamp === undefined && !verdict && !hasSucceeded && (!hasFailed || isKept)) continue;
    release.push(pod);
    if (isIndexed(spec) && index === undefined) continue;
    if (hasSucceeded && !failed.has(uid)) {
      if (index === undefined) succeeded.add(uid);
      else if (!indexes?.known.has(index)) fresh.add(index);
    } else if ((hasFailed || verdict?.type === 'FailureTarget') && isCounted(spec.podFailurePolicy, pod)) failed.add(uid);
    if (isFull()) break;
  }
  setUncounted(status, succeeded, failed);
  if (indexes) {
    status.succeeded = indexes.succeeded.size;
    status.completedIndexes = indexes.succeeded.toString();
    if (spec.backoffLimitPerIndex !== undefined) status.failedIndexes = indexes.failed.toString();
  }
  return { release, more: isFull() };
}

/** Step 3: UIDs of pods that hold their finalizer no more become numbers. */
export function countReleased(status: JobStatus, held: ReadonlySet<string>): void {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const left = { succeeded: new Set(succeeded.filter((uid) => held.has(uid))), failed: new Set(failed.filter((uid) => held.has(uid))) };
  status.succeeded = (status.succeeded ?? 0) + succeeded.length - left.succeeded.size;
  status.failed = (status.failed ?? 0) + failed.length - left.failed.size;
  setUncounted(status, left.succeeded, left.failed);
}

/** Complete or Failed, once every pod is counted and gone. True when that has come. */
export function conclude(status: JobStatus, { type, reason, message }: Verdict, now: number): boolean {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (succeeded.length + failed.length > 0 || (status.terminating ?? 0) > 0) return false;
  const isSuccess = type === 'SuccessCriteriaMet';
  setCondition(status, { type: isSuccess ? 'Complete' : 'Failed', status: 'True', reason, message }, now);
  if (isSuccess) status.completionTime = formatTime(now);
  return true;
}

/** Enters a condition; one that is not true is not begun with. True when something changed. */
export function setCondition(status: JobStatus, { type, status: value, reason, message }: JobCondition, now: number): boolean {
  const known = conditionOf(status, type);
  if (known ? known.status === value && known.reason === reason && known.message === message : value === 'False') return false;
  const time = formatTime(now);
  const condition = { type, status: value, lastProbeTime: time, lastTransitionTime: time, reason, message };
  const { conditions = [] } = status;
  status.conditions = known ? conditions.map((c) => (c === known ? condition : c)) : [...conditions, condition];
  return true;
}

/** As the wire has it: what is empty or zero is left out. */
export function tidy(status: JobStatus): JobStatus {
  const { active, succeeded, failed, completedIndexes, ...rest } = status;
  return {
    ...rest,
    ...(active && { active }),
    ...(succeeded && { succeeded }),
    ...(failed && { failed }),
    ...(completedIndexes && { completedIndexes }),
  };
}

function setUncounted(status: JobStatus, succeeded: ReadonlySet<string>, failed: ReadonlySet<string>): void {
  status.uncountedTerminatedPods = {
    ...(succeeded.size > 0 && { succeeded: [...succeeded] }),
    ...(failed.size > 0 && { failed: [...failed] }),
  };
}
