/** A change of `spec.replicas` in the middle of a rollout, or while paused: each replica set grows or shrinks in proportion. */
import type { Deployment, ReplicaSet } from '@t8s/api';
import { desiredReplicasAnnotation, maxReplicasAnnotation } from './annotations.ts';
import { maxSurge, sizeOf, totalSize } from './bounds.ts';
import type { Resize } from './rolling-update.ts';

/** True when some running replica set was sized for another number of replicas than the deployment now wants. */
export function isScalingEvent(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some((rs) => {
    const desired = rs.metadata.annotations?.[desiredReplicasAnnotation];
    return sizeOf(rs) > 0 && desired !== undefined && Number(desired) !== (deployment.spec.replicas ?? 1);
  });
}

/** Next sizes, also of sets that keep theirs: each is to be marked as sized for the deployment's new one. */
export function scale(deployment: Deployment, newRs: ReplicaSet | undefined, old: readonly ReplicaSet[]): Resize[] {
  const desired = deployment.spec.replicas ?? 1;
  const all = newRs ? [...old, newRs] : [...old];
  const active = all.filter((rs) => sizeOf(rs) > 0);
  const only = active.length === 1 ? active[0] : active.length === 0 ? (newRs ?? newest(old)) : undefined;
  if (only) return [{ rs: only, to: desired }];
  if (newRs && isSaturated(deployment, newRs)) return old.filter((rs) => sizeOf(rs) > 0).map((rs) => ({ rs, to: 0 }));
  return deployment.spec.strategy?.type === 'Recreate' ? [] : proportionally(deployment, active);
}

function proportionally(deployment: Deployment, active: readonly ReplicaSet[]): Resize[] {
  const desired = deployment.spec.replicas ?? 1;
  const toAdd = (desired > 0 ? desired + maxSurge(deployment) : 0) - totalSize(active);
  const sorted = [...active].sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? -1 : 1) * byAge(a, b));
  let left = toAdd;
  const sizes = sorted.map((rs) => {
    const share = toAdd === 0 ? 0 : fraction(deployment, rs);
    const added = toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    left -= added;
    return sizeOf(rs) + added;
  });
  // What rounding left over goes to the largest.
  sizes[0] = Math.max(0, (sizes[0] ?? 0) + left);
  return sorted.map((rs, i) => ({ rs, to: sizes[i] ?? 0 }));
}

/** How many replicas this set gains (or loses) when the deployment's bound changes from the one it was sized for. */
function fraction(deployment: Deployment, rs: ReplicaSet): number {
  const desired = deployment.spec.replicas ?? 1;
  if (desired === 0) return -sizeOf(rs);
  const before = Number(rs.metadata.annotations?.[maxReplicasAnnotation]) || deployment.status?.replicas || desired;
  return Math.round((sizeOf(rs) * (desired + maxSurge(deployment))) / before) - sizeOf(rs);
}

function isSaturated(deployment: Deployment, rs: ReplicaSet): boolean {
  const desired = deployment.spec.replicas ?? 1;
  return (
    sizeOf(rs) === desired &&
    Number(rs.metadata.annotations?.[desiredReplicasAnnotation]) === desired &&
    rs.status?.availableReplicas === desired
  );
}

const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
  (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1;
const newest = (sets: readonly ReplicaSet[]): ReplicaSet | undefined => [...sets].sort(byAge).at(-1);
