/** What a deployment writes on its replica sets: revision, history and the size they were scaled for. */
import type { Deployment } from '@t8s/api';
import type { ObjectMeta } from '@t8s/meta';
import { maxSurge } from './bounds.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';

const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  'deprecated.deployment.rollback.to',
]);

/** Longest revision history kept, in characters (upstream's maxRevHistoryLengthInChars). */
const maxHistoryLength = 2000;

/** An int64, as anyone may have written it; 0 without one. */
export function revisionOf({ metadata: { annotations } }: { metadata: ObjectMeta }): bigint {
  const text = annotations?.[revisionAnnotation] ?? '';
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}

/** The annotations the newest replica set should have: the deployment's, and `revision` unless it has a later one. */
export function newReplicaSetAnnotations(
  deployment: Deployment,
  current: Record<string, string> | undefined,
  revision: bigint,
): Record<string, string> {
  const annotations = { ...current };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (!notCopied.has(key)) annotations[key] = value;
  const before = revisionOf({ metadata: { annotations } });
  if (before < revision) {
    if (before > 0n) annotations[revisionHistoryAnnotation] = withRevision(annotations[revisionHistoryAnnotation], before);
    annotations[revisionAnnotation] = String(revision);
  }
  return annotations;
}

/** What a replica set was sized for; written with every size, so that a later change of `spec.replicas` is seen. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const replicas = deployment.spec.replicas ?? 1;
  return { [desiredReplicasAnnotation]: String(replicas), [maxReplicasAnnotation]: String(replicas + maxSurge(deployment)) };
}

function withRevision(history: string | undefined, revision: bigint): string {
  const revisions = history ? history.split(',') : [];
  if (!revisions.includes(String(revision))) revisions.push(String(revision));
  while (revisions.join(',').length > maxHistoryLength) revisions.shift();
  return revisions.join(',');
}
