import { isDeepStrictEqual } from 'node:util';
import type { Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '@t8s/api';
import { formatTime, selectorFromMap } from '@t8s/meta';
import { isAvailable, isReady } from '../../pods/pod-state.ts';

export interface StatusInput {
  rs: ReplicaSet;
  /** Its pods that are neither finished nor going. */
  active: readonly Pod[];
  /** Why pods could not be created or deleted just now. */
  error: unknown;
  now: number;
}

export function replicaSetStatus({ rs, active, error, now }: StatusInput): ReplicaSetStatus {
  const template = selectorFromMap(rs.spec.template?.metadata?.labels ?? {});
  const count = (test: (pod: Pod) => boolean): number => active.filter(test).length;
  const conditions = (rs.status?.conditions ?? []).filter((c) => c.type !== 'ReplicaFailure');
  if (error !== undefined) conditions.push(failure(rs, active.length, error, now));
  return {
    replicas: active.length,
    fullyLabeledReplicas: count((pod) => template.matches(pod.metadata.labels)),
    readyReplicas: count(isReady),
    availableReplicas: count((pod) => isAvailable(pod, rs.spec.minReadySeconds ?? 0, now)),
    observedGeneration: rs.metadata.generation,
    ...(conditions.length > 0 && { conditions }),
  };
}

/** Equal to what users see: absent counts as zero. */
export function sameStatus(a: ReplicaSetStatus | undefined, b: ReplicaSetStatus): boolean {
  const normal = (s: ReplicaSetStatus): unknown => [
    s.replicas,
    s.fullyLabeledReplicas ?? 0,
    s.readyReplicas ?? 0,
    s.availableReplicas ?? 0,
    s.observedGeneration,
    s.conditions ?? [],
  ];
  return a !== undefined && isDeepStrictEqual(normal(a), normal(b));
}

/** Keeps the condition it finds for as long as the failure lasts, so that its time says since when. */
function failure(rs: ReplicaSet, active: number, error: unknown, now: number): ReplicaSetCondition {
  const reason = active < (rs.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete';
  const message = (error as Error).message;
  const current = rs.status?.conditions?.find((c) => c.type === 'ReplicaFailure' && c.reason === reason && c.message === message);
  return current ?? { type: 'ReplicaFailure', status: 'True', reason, message, lastTransitionTime: formatTime(now) };
}
