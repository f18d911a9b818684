import type { Pod, ReplicaSetCondition, ReplicaSetStatus } from '@t8s/api';
import { formatTime, selectorFromMap } from '@t8s/meta';
import { isAvailable, isReady } from '../pods/pod-state.ts';
import type { Replicated } from './controller.ts';

export interface StatusInput {
  owner: Replicated;
  /** Its pods that are neither finished nor going. */
  active: readonly Pod[];
  /** Why pods could not be created or deleted just now. */
  error: unknown;
  now: number;
}

export function replicaStatus({ owner, active, error, now }: StatusInput): ReplicaSetStatus {
  const template = selectorFromMap(owner.spec.template?.metadata?.labels ?? {});
  const count = (test: (pod: Pod) => boolean): number => active.filter(test).length;
  const conditions = (owner.status?.conditions ?? []).filter((c) => c.type !== 'ReplicaFailure');
  if (error !== undefined) conditions.push(failure(owner, active.length, error, now));
  return {
    replicas: active.length,
    fullyLabeledReplicas: count((pod) => template.matches(pod.metadata.labels)),
    readyReplicas: count(isReady),
    availableReplicas: count((pod) => isAvailable(pod, owner.spec.minReadySeconds ?? 0, now)),
    observedGeneration: owner.metadata.generation,
    ...(conditions.length > 0 && { conditions }),
  };
}

/** Keeps the condition it finds for as long as the failure lasts, so that its time says since when. */
function failure({ spec, status }: Replicated, active: number, error: unknown, now: number): ReplicaSetCondition {
  const reason = active < (spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete';
  const { message } = error as Error;
  const current = status?.conditions?.find((c) => c.type === 'ReplicaFailure');
  return current ?? { type: 'ReplicaFailure', status: 'True', reason, message, lastTransitionTime: formatTime(now) };
}
