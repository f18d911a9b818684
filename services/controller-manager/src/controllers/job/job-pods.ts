/** What is read off a job and its pods. */
import type { ContainerStatus, Job, JobCondition, JobSpec, JobStatus, Pod } from '@t8s/api';
import { podCondition } from '../../pods/pod-state.ts';

/** Holds a pod until its end is in the job's status (https://kep.k8s.io/2307). */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
/** Annotation and label of an indexed job's pods. */
export const completionIndexKey = 'batch.kubernetes.io/job-completion-index';
const jobControllerName = 'kubernetes.io/job-controller';

export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(trackingFinalizer) ?? false;
export const isIndexed = ({ completionMode }: JobSpec): boolean => completionMode === 'Indexed';
/** Another controller keeps it, and every pod of it. */
export const isManagedElsewhere = ({ spec }: Job): boolean => (spec.managedBy ?? jobControllerName) !== jobControllerName;

export const conditionOf = (status: JobStatus | undefined, type: string): JobCondition | undefined =>
  status?.conditions?.find((c) => c.type === type);
export const isTrue = (status: JobStatus | undefined, type: string): boolean => conditionOf(status, type)?.status === 'True';
/** Complete or Failed: nothing changes any more. */
export const isFinished = ({ status }: Job): boolean => isTrue(status, 'Complete') || isTrue(status, 'Failed');

/** Undefined where the job has no indexes, and where the pod has none that is in range. */
export function completionIndex({ metadata }: Pod, spec: JobSpec): number | undefined {
  const text = metadata.annotations?.[completionIndexKey] ?? '';
  return isIndexed(spec) && /^\d+$/.test(text) && Number(text) < (spec.completions ?? 0) ? Number(text) : undefined;
}

/** A pod is replaced only when it has really ended, not as soon as it is being deleted (https://kep.k8s.io/3939). */
export const replacesOnlyFailed = ({ podReplacementPolicy, podFailurePolicy }: JobSpec): boolean =>
  podReplacementPolicy === 'Failed' || podFailurePolicy !== undefined;

/** A pod on its way out counts as failed at once, unless the job waits for the phase: nobody may be left to write it. */
export function isFailed({ metadata, status }: Pod, spec: JobSpec): boolean {
  if (status?.phase === 'Failed') return true;
  return !replacesOnlyFailed(spec) && metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded';
}

/** When a pod ended, in milliseconds: by its containers, else by its readiness, else by its deletion. */
export function finishTime(pod: Pod): number {
  const { metadata, spec, status } = pod;
  const sidecars = new Set((spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name));
  const containers = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? []).filter((c) => sidecars.has(c.name))];
  const ends = containers.map(({ state }) => state?.terminated?.finishedAt);
  if (ends.length > 0 && ends.every((end) => end !== undefined)) return Math.max(...ends.map((end) => Date.parse(end)));
  const ready = podCondition(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime !== undefined) return Date.parse(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp = '' } = metadata;
  return deletionTimestamp === undefined
    ? Date.parse(creationTimestamp)
    : Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
}

export const restarts = (statuses: readonly ContainerStatus[] = []): number => statuses.reduce((sum, c) => sum + c.restartCount, 0);
