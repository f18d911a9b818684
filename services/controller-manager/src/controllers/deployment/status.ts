/** Deployment status: counts, and the conditions Available, Progressing and ReplicaFailure. */
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '@t8s/api';
import { formatTime } from '@t8s/meta';
import { maxUnavailable, totalAvailable } from './bounds.ts';

export type Condition = Omit<DeploymentCondition, 'lastUpdateTime' | 'lastTransitionTime'>;

/** `progressDeadlineSeconds` at its largest means none (upstream's HasProgressDeadline). */
export const hasDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2 ** 31 - 1;
export const conditionOf = (status: DeploymentStatus | undefined, type: string): DeploymentCondition | undefined =>
  status?.conditions?.find((c) => c.type === type);

/** The condition set, keeping its times where status and reason don't change. */
export function withCondition(conditions: readonly DeploymentCondition[], condition: Condition, now: number): DeploymentCondition[] {
  const current = conditions.find((c) => c.type === condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return [...conditions];
  const time = formatTime(now);
  const lastTransitionTime = current?.status === condition.status ? current.lastTransitionTime : time;
  return [...conditions.filter((c) => c.type !== condition.type), { ...condition, lastUpdateTime: time, lastTransitionTime }];
}

export function countStatus(
  deployment: Deployment,
  newRs: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: number,
): DeploymentStatus {
  const sum = (read: (rs: ReplicaSet) => number | undefined): number => all.reduce((total, rs) => total + (read(rs) ?? 0), 0);
  const replicas = sum((rs) => rs.status?.replicas);
  const availableReplicas = totalAvailable(all);
  const available = availableReplicas >= (deployment.spec.replicas ?? 1) - maxUnavailable(deployment);
  const condition: Condition = available
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
  return {
    observedGeneration: deployment.metadata.generation,
    replicas,
    updatedReplicas: newRs?.status?.replicas ?? 0,
    readyReplicas: sum((rs) => rs.status?.readyReplicas),
    availableReplicas,
    // Also those that are wanted and can't be made.
    unavailableReplicas: Math.max(0, sum((rs) => rs.spec.replicas) - availableReplicas),
    ...(deployment.status?.collisionCount !== undefined && { collisionCount: deployment.status.collisionCount }),
    conditions: withCondition(deployment.status?.conditions ?? [], condition, now),
  };
}

/** The status of a rollout: counts, how it progresses and why pods can't be made. */
export function rolloutStatus(
  deployment: Deployment,
  newRs: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: number,
): DeploymentStatus {
  const status = countStatus(deployment, newRs, all, now);
  const current = conditionOf(deployment.status, 'Progressing');
  let conditions = status.conditions ?? [];
  const finished = status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
  if (!hasDeadline(deployment)) conditions = conditions.filter((c) => c.type !== 'Progressing');
  else if (!finished) conditions = withProgress(conditions, { deployment, newRs, status, now });
  const failure = (newRs ? [newRs, ...all] : all).flatMap((rs) => rs.status?.conditions ?? []).find((c) => c.type === 'ReplicaFailure');
  conditions = failure
    ? withCondition(conditions, { type: failure.type, status: failure.status, reason: failure.reason, message: failure.message }, now)
    : conditions.filter((c) => c.type !== 'ReplicaFailure');
  return { ...status, conditions };
}

interface Progress {
  deployment: Deployment;
  newRs: ReplicaSet | undefined;
  status: DeploymentStatus;
  now: number;
}

function withProgress(conditions: readonly DeploymentCondition[], { deployment, newRs, status, now }: Progress): DeploymentCondition[] {
  const who = newRs ? `ReplicaSet "${newRs.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status))
    return withCondition(
      conditions,
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `${who} has successfully progressed.` },
      now,
    );
  if (progressed(deployment.status, status)) {
    const rest = conditions.filter((c) => c.type !== 'Progressing');
    const current = conditions.find((c) => c.type === 'Progressing');
    const time = formatTime(now);
    return [
      ...rest,
      {
        type: 'Progressing',
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: `${who} is progressing.`,
        lastUpdateTime: time,
        lastTransitionTime: current?.status === 'True' ? current.lastTransitionTime : time,
      },
    ];
  }
  if (timeLeft(deployment, conditions, now) <= 0)
    return withCondition(
      conditions,
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: `${who} has timed out progressing.` },
      now,
    );
  return [...conditions];
}

export function isComplete({ metadata, spec }: Deployment, status: DeploymentStatus): boolean {
  const desired = spec.replicas ?? 1;
  return (
    status.updatedReplicas === desired &&
    status.replicas === desired &&
    status.availableReplicas === desired &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

function progressed(before: DeploymentStatus = {}, after: DeploymentStatus): boolean {
  const old = (s: DeploymentStatus): number => (s.replicas ?? 0) - (s.updatedReplicas ?? 0);
  const more = (read: (s: DeploymentStatus) => number | undefined): boolean => (read(after) ?? 0) > (read(before) ?? 0);
  return more((s) => s.updatedReplicas) || old(after) < old(before) || more((s) => s.readyReplicas) || more((s) => s.availableReplicas);
}

/** Milliseconds until the rollout counts as stuck; Infinity when it can't be. */
export function timeLeft(deployment: Deployment, conditions: readonly DeploymentCondition[], now: number): number {
  const current = conditions.find((c) => c.type === 'Progressing');
  if (
    !hasDeadline(deployment) ||
    !current?.lastUpdateTime ||
    current.reason === 'NewReplicaSetAvailable' ||
    current.reason === 'DeploymentPaused'
  )
    return Number.POSITIVE_INFINITY;
  return Date.parse(current.lastUpdateTime) + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000 - now;
}

/** Pausing stops the clock of the progress deadline, resuming starts it again. */
export function pauseCondition(deployment: Deployment, now: number): DeploymentCondition[] | undefined {
  const current = conditionOf(deployment.status, 'Progressing');
  if (!hasDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return undefined;
  const isPaused = current?.reason === 'DeploymentPaused';
  const conditions = deployment.status?.conditions ?? [];
  if (deployment.spec.paused && !isPaused)
    return withCondition(
      conditions,
      { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' },
      now,
    );
  if (!deployment.spec.paused && isPaused)
    return withCondition(
      conditions,
      { type: 'Progressing', status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' },
      now,
    );
  return undefined;
}
