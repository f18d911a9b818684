import type { Pod, StatefulSet, StatefulSetStatus } from '@t8s/api';
import { isAvailable, isReady } from '../../pods/pod-state.ts';
import { revisionOf } from './identity.ts';

export const isGoing = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
export const isRunning = (pod: Pod): boolean => pod.status?.phase === 'Running' && isReady(pod);

/** How many pods that stay are of a revision. */
export const madeFrom = (pods: readonly Pod[], revision: string): number =>
  pods.filter((pod) => !isGoing(pod) && revisionOf(pod) === revision).length;

export interface StatusInput {
  set: StatefulSet;
  pods: readonly Pod[];
  /** Names of revisions. */
  current: string;
  update: string;
  collisionCount: number;
  now: number;
}

export function statefulSetStatus({ set, pods, current, update, collisionCount, now }: StatusInput): StatefulSetStatus {
  const count = (test: (pod: Pod) => boolean): number => pods.filter(test).length;
  const status = {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    readyReplicas: count(isRunning),
    availableReplicas: count((pod) => isRunning(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, now)),
    currentReplicas: madeFrom(pods, current),
    updatedReplicas: madeFrom(pods, update),
    currentRevision: current,
    updateRevision: update,
    collisionCount,
  };
  const { updatedReplicas, readyReplicas } = status;
  const isUpdated = [updatedReplicas, readyReplicas, pods.length].every((n) => n === set.spec.replicas);
  return isUpdated && set.spec.updateStrategy?.type !== 'OnDelete'
    ? { ...status, currentReplicas: updatedReplicas, currentRevision: update }
    : status;
}
