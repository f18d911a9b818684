/** How far a rolling update may go above and below the desired size. Surge rounds up, unavailability down; both zero would never move. */
import type { Deployment, ReplicaSet } from '@t8s/api';
import { scaledValue } from '@t8s/meta';

export function maxSurge(deployment: Deployment): number {
  return fences(deployment).surge;
}

export function maxUnavailable(deployment: Deployment): number {
  const replicas = deployment.spec.replicas ?? 1;
  return Math.min(fences(deployment).unavailable, replicas);
}

function fences({ spec }: Deployment): { surge: number; unavailable: number } {
  const replicas = spec.replicas ?? 1;
  if (spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const { maxSurge: surgeOf = '25%', maxUnavailable: unavailableOf = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const surge = scaledValue(surgeOf, replicas, 'up') ?? 0;
  const unavailable = scaledValue(unavailableOf, replicas, 'down') ?? 0;
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export const sizeOf = (rs: ReplicaSet): number => rs.spec.replicas ?? 1;
export const totalSize = (sets: readonly ReplicaSet[]): number => sets.reduce((sum, rs) => sum + sizeOf(rs), 0);
export const totalAvailable = (sets: readonly ReplicaSet[]): number =>
  sets.reduce((sum, rs) => sum + (rs.status?.availableReplicas ?? 0), 0);

/** The size the new replica set may have now: `newSize` is its current one, `all` counts every replica set. */
export function newReplicaSetSize(deployment: Deployment, all: readonly ReplicaSet[], newSize: number): number {
  const desired = deployment.spec.replicas ?? 1;
  if (deployment.spec.strategy?.type === 'Recreate') return desired;
  const room = desired + maxSurge(deployment) - totalSize(all);
  return room <= 0 ? newSize : newSize + Math.min(room, desired - newSize);
}
