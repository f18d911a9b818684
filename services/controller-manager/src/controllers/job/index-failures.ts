/**
 * Failures of each index on its own: `spec.backoffLimitPerIndex` (https://kep.k8s.io/3850). A pod carries in annotations how
 * often its index has failed before it. So the last failed pod of an index is kept until its successor is there to carry on.
 */
import type { JobSpec, Pod } from '@t8s/api';
import { backoffLeft } from './backoff.ts';
import type { IndexSet } from './index-set.ts';
import { completionIndex, finishTime, isFailed } from './job-pods.ts';
import { isCounted, matchFailure } from './pod-failure-policy.ts';

const failureCount = 'batch.kubernetes.io/job-index-failure-count';
const ignoredFailureCount = 'batch.kubernetes.io/job-index-ignored-failure-count';

/** Whether this pod's end is the end of its index. */
export function failsIndex(pod: Pod, spec: JobSpec): boolean {
  if (!isFailed(pod, spec)) return false;
  const action = matchFailure(spec.podFailurePolicy, pod)?.action;
  return action === 'FailIndex' || (action !== 'Ignore' && countOf(pod, failureCount) >= (spec.backoffLimitPerIndex ?? Infinity));
}

/** The pods to keep, by index. `pods` are those not counted yet; `settled` are the indexes that need no further pod. */
export function keptForSuccessor(pods: readonly Pod[], spec: JobSpec, settled: IndexSet): Map<number, Pod> {
  const kept = new Map<number, Pod>();
  for (const pod of pods) {
    const index = isFailed(pod, spec) ? completionIndex(pod, spec) : undefined;
    if (index === undefined || settled.has(index)) continue;
    const known = kept.get(index);
    if (!known || (failures(known) <= failures(pod) && finishTime(known) <= finishTime(pod))) kept.set(index, pod);
  }
  return kept;
}

/** Milliseconds until the successor of `failed` may be made. */
export const indexBackoffLeft = (failed: Pod | undefined, now: number): number =>
  failed ? backoffLeft({ count: failures(failed) + 1, last: finishTime(failed) }, now) : 0;

/** Annotations of a pod that comes after `failed`. */
export function failureAnnotations(failed: Pod | undefined, { podFailurePolicy }: JobSpec): Record<string, string> {
  if (!failed) return { [failureCount]: '0' };
  const counted = isCounted(podFailurePolicy, failed);
  const ignored = countOf(failed, ignoredFailureCount) + (counted ? 0 : 1);
  return {
    [failureCount]: String(countOf(failed, failureCount) + (counted ? 1 : 0)),
    ...(ignored > 0 && { [ignoredFailureCount]: String(ignored) }),
  };
}

const failures = (pod: Pod): number => countOf(pod, failureCount) + countOf(pod, ignoredFailureCount);

/** What is no count, or none that upstream could hold, is 0. */
function countOf({ metadata }: Pod, annotation: string): number {
  const text = metadata.annotations?.[annotation] ?? '';
  return /^\d+$/.test(text) && Number(text) < 2 ** 31 ? Number(text) : 0;
}
