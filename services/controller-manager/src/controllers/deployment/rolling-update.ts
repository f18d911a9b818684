/** One step of a rolling update, as sizes: pure, so that every rule can be shown by an example. */
import type { Deployment, ReplicaSet } from '@t8s/api';
import { maxUnavailable, newReplicaSetSize, sizeOf, totalSize } from './bounds.ts';

export interface Resize {
  rs: ReplicaSet;
  to: number;
}

/** The new replica set's next size, if it changes: down to the desired size at once, up as far as the surge allows. */
export function resizeNew(deployment: Deployment, newRs: ReplicaSet, all: readonly ReplicaSet[]): Resize[] {
  const desired = deployment.spec.replicas ?? 1;
  const size = sizeOf(newRs);
  const to = size > desired ? desired : newReplicaSetSize(deployment, all, size);
  return to === size ? [] : [{ rs: newRs, to }];
}

/**
 * The old replica sets' next sizes: pods that aren't available go first, then as many others as minimum availability allows.
 * Pods of the new set that aren't available yet count as missing, so that a broken update stops.
 */
export function resizeOld(deployment: Deployment, newRs: ReplicaSet, old: readonly ReplicaSet[]): Resize[] {
  const minAvailable = (deployment.spec.replicas ?? 1) - maxUnavailable(deployment);
  const newUnavailable = sizeOf(newRs) - (newRs.status?.availableReplicas ?? 0);
  const maxScaledDown = totalSize(old) + sizeOf(newRs) - minAvailable - newUnavailable;
  if (totalSize(old) === 0 || maxScaledDown <= 0) return [];

  const oldestFirst = [...old].sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1));
  const sizes = new Map(oldestFirst.map((rs) => [rs, sizeOf(rs)]));
  let unhealthyLeft = maxScaledDown;
  for (const rs of oldestFirst) {
    const unhealthy = Math.max(0, sizeOf(rs) - (rs.status?.availableReplicas ?? 0));
    const cut = Math.min(unhealthyLeft, unhealthy);
    sizes.set(rs, sizeOf(rs) - cut);
    unhealthyLeft -= cut;
  }
  // A set that was just told to shrink may not have said yet that it has: what it is to keep counts at most.
  const lasting = [...old, newRs].map((rs) => Math.min(sizeOf(rs), rs.status?.availableReplicas ?? 0));
  let spare = lasting.reduce((sum, n) => sum + n, 0) - minAvailable;
  for (const rs of oldestFirst) {
    if (spare <= 0) break;
    const size = sizes.get(rs) ?? 0;
    const cut = Math.min(size, spare);
    sizes.set(rs, size - cut);
    spare -= cut;
  }
  return oldestFirst.filter((rs) => sizes.get(rs) !== sizeOf(rs)).map((rs) => ({ rs, to: sizes.get(rs) ?? 0 }));
}
