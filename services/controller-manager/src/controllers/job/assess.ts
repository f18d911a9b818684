/** What a job's pods amount to, and whether that ends the job. Pure. */
import type { Job, JobSpec, Pod } from '@t8s/api';
import { isActive, isTerminal } from '../../pods/pod-state.ts';
import { type Failures, failuresAfter } from './backoff.ts';
import { failsIndex, keptForSuccessor } from './index-failures.ts';
import { IndexSet } from './index-set.ts';
import { completionIndex, conditionOf, isFailed, isIndexed, isTracked, isTrue, restarts } from './job-pods.ts';
import { isCounted, matchFailure } from './pod-failure-policy.ts';
import { matchSuccess } from './success-policy.ts';

/** How a job ends. It ends at once, but is Complete or Failed only when all its pods are counted and gone. */
export interface Verdict {
  type: 'SuccessCriteriaMet' | 'FailureTarget';
  reason: string;
  message: string;
}

export interface Assessment {
  active: Pod[];
  /** On their way out, but not ended. */
  terminating: Pod[];
  /** Pods whose end may not be in the status yet. */
  tracked: Pod[];
  /** Pods that have ended, those of the status included. */
  succeeded: number;
  failed: number;
  failures: Failures;
  /** Of an indexed job. `known` are those of the status. */
  indexes?: { known: IndexSet; succeeded: IndexSet; failed: IndexSet; keptFor: Map<number, Pod> };
  verdict: Verdict | undefined;
}

export interface AssessInput {
  job: Job;
  /** When it was started, where that is known. */
  startTime: string | undefined;
  pods: readonly Pod[];
  /** UIDs of pods whose finalizer we have taken, though the cache may not show it yet. */
  released: ReadonlySet<string>;
  failures: Failures;
  now: number;
}

export function assess({ job, startTime, pods, released, failures: before, now }: AssessInput): Assessment {
  const { spec, status = {} } = job;
  const known = { succeeded: new Set(status.uncountedTerminatedPods?.succeeded), failed: new Set(status.uncountedTerminatedPods?.failed) };
  const active = pods.filter(isActive);
  const tracked = pods.filter((pod) => isTracked(pod) && !released.has(pod.metadata.uid ?? ''));
  const valid = isIndexed(spec) ? tracked.filter((pod) => completionIndex(pod, spec) !== undefined) : tracked;
  const fresh = (known: Set<string>): Pod[] => valid.filter((pod) => !known.has(pod.metadata.uid ?? ''));
  const succeeded = fresh(known.succeeded).filter((pod) => pod.status?.phase === 'Succeeded');
  const failed = fresh(known.failed).filter((pod) => isFailed(pod, spec));
  const assessment: Assessment = {
    active,
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isTerminal(pod)),
    tracked,
    succeeded: (status.succeeded ?? 0) + succeeded.length + known.succeeded.size,
    failed: (status.failed ?? 0) + failed.filter((pod) => isCounted(spec.podFailurePolicy, pod)).length + known.failed.size,
    failures: failuresAfter(before, succeeded, failed),
    verdict: undefined,
  };
  if (isIndexed(spec)) {
    assessment.indexes = assessIndexes(job, active, valid);
    assessment.succeeded = assessment.indexes.succeeded.size;
  }
  assessment.verdict = passed(job) ?? judge(job, pods, assessment) ?? judgeTime(spec, startTime, now) ?? judgeIndexes(spec, assessment);
  return assessment;
}

function assessIndexes({ spec, status = {} }: Job, active: readonly Pod[], valid: readonly Pod[]): NonNullable<Assessment['indexes']> {
  const { completions = 0, backoffLimitPerIndex } = spec;
  const indexesOf = (pods: readonly Pod[]): number[] => pods.map((pod) => completionIndex(pod, spec)).filter((i) => i !== undefined);
  const known = IndexSet.parse(status.completedIndexes ?? '', completions);
  const succeeded = known.with(indexesOf(valid.filter((pod) => pod.status?.phase === 'Succeeded')));
  if (backoffLimitPerIndex === undefined) return { known, succeeded, failed: IndexSet.empty, keptFor: new Map() };
  const failed = IndexSet.parse(status.failedIndexes ?? '', completions).with(indexesOf(valid.filter((pod) => failsIndex(pod, spec))));
  return { known, succeeded, failed, keptFor: keptForSuccessor(valid, spec, succeeded.union(failed).with(indexesOf(active))) };
}

/** What an earlier look found is final. */
function passed({ status }: Job): Verdict | undefined {
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const { reason = '', message = '' } = conditionOf(status, type) ?? {};
    if (isTrue(status, type)) return { type, reason, message };
  }
  return undefined;
}

function judge({ spec }: Job, pods: readonly Pod[], { failed }: Assessment): Verdict | undefined {
  if (spec.podFailurePolicy)
    for (const pod of pods) {
      const match = isFailed(pod, spec) ? matchFailure(spec.podFailurePolicy, pod) : undefined;
      if (match?.action === 'FailJob') return failure('PodFailurePolicy', match.message);
    }
  const { backoffLimit = 6, template } = spec;
  // Containers that restart in place count as failures while their pod lives.
  const living = template.spec?.restartPolicy === 'OnFailure' ? pods.filter((pod) => !isTerminal(pod)) : [];
  const restarted = living.reduce((sum, { status }) => sum + restartsOf(status), 0);
  return failed > backoffLimit || (restarted > 0 && restarted >= backoffLimit)
    ? failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
    : undefined;
}

const restartsOf = (status: Pod['status']): number => restarts(status?.initContainerStatuses) + restarts(status?.containerStatuses);

function judgeTime({ activeDeadlineSeconds, suspend }: JobSpec, startTime: string | undefined, now: number): Verdict | undefined {
  const isPast =
    !suspend &&
    startTime !== undefined &&
    activeDeadlineSeconds !== undefined &&
    now - Date.parse(startTime) >= activeDeadlineSeconds * 1000;
  return isPast ? failure('DeadlineExceeded', 'Job was active longer than specified deadline') : undefined;
}

function judgeIndexes(spec: JobSpec, { indexes }: Assessment): Verdict | undefined {
  if (!indexes) return undefined;
  const { succeeded, failed } = indexes;
  const { completions = 0, maxFailedIndexes = Infinity, successPolicy } = spec;
  if (failed.size > maxFailedIndexes)
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  if (failed.size > 0 && failed.size + succeeded.size >= completions) return failure('FailedIndexes', 'Job has failed indexes');
  const message = matchSuccess(successPolicy, succeeded, completions);
  return message === undefined ? undefined : { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message };
}

const failure = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message });
