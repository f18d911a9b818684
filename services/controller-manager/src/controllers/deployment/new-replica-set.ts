/** The replica set of the current template: found, kept in step, or made. */
import { isDeepStrictEqual } from 'node:util';
import { type Deployment, deploymentKind, type ReplicaSet, replicaSetKind } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import { controllerOf, isStatus } from '@t8s/meta';
import { controllerReference, type Owner } from '../../pods/claim.ts';
import { isNamespaceTerminating } from '../../pods/pod-control.ts';
import { hashLabel, sameTemplate, templateHash } from '../../pods/template-hash.ts';
import { newReplicaSetAnnotations, revisionAnnotation, revisionOf, sizeAnnotations } from './annotations.ts';
import { newReplicaSetSize } from './bounds.ts';
import { type Condition, conditionOf, hasDeadline, withCondition } from './status.ts';

export interface NewReplicaSetOptions {
  client: Client;
  clock: Clock;
  events: EventRecorder;
  deployment: Owner<Deployment>;
  sets: readonly ReplicaSet[];
}

/** Of several replica sets with the template the oldest is the current one. */
export function findNewReplicaSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return sets
    .filter((rs) => sameTemplate(rs.spec.template, deployment.spec.template))
    .sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1))[0];
}

export interface Synced {
  /** As the API has it now. */
  deployment: Owner<Deployment>;
  /** Undefined where there is none and none was to be made. */
  newRs: ReplicaSet | undefined;
}

/** Brings the replica set's annotations, minReadySeconds and revision up to date, or makes it, and tells so on the deployment. */
export async function syncNewReplicaSet(options: NewReplicaSetOptions & { create: boolean }): Promise<Synced> {
  const { client, deployment, sets, create } = options;
  const existing = findNewReplicaSet(deployment, sets);
  const others = sets.filter((rs) => rs !== existing).map(revisionOf);
  const revision = others.reduce((last, own) => (own > last ? own : last), 0n) + 1n;
  if (existing) {
    const newRs = await keepInStep(client, deployment, existing, revision);
    const isNew = conditionOf(deployment.status, 'Progressing') === undefined;
    const found = progressing('True', 'FoundNewReplicaSet', `Found new replica set "${newRs.metadata.name}"`);
    return { newRs, deployment: await tell(options, newRs, isNew ? found : undefined) };
  }
  if (!create) return { deployment, newRs: undefined };
  const newRs = await createReplicaSet(options, revision);
  const created = progressing('True', 'NewReplicaSetCreated', `Created new replica set "${newRs.metadata.name}"`);
  return { newRs, deployment: await tell(options, newRs, created) };
}

const progressing = (status: string, reason: string, message: string): Condition => ({ type: 'Progressing', status, reason, message });

/** Writes the revision of `newRs` and how the rollout progresses, with the status: that is no change of what users ask for. */
async function tell(
  { client, clock, deployment }: NewReplicaSetOptions,
  newRs: ReplicaSet | undefined,
  condition: Condition | undefined,
): Promise<Owner<Deployment>> {
  const { metadata, status } = deployment;
  const conditions = status?.conditions ?? [];
  const told = condition && hasDeadline(deployment) ? withCondition(conditions, condition, clock.now()) : conditions;
  const revision = newRs ? revisionOf(newRs) : revisionOf(deployment);
  if (revisionOf(deployment) === revision && isDeepStrictEqual(told, conditions)) return deployment;
  const annotations = newRs ? { ...metadata.annotations, [revisionAnnotation]: String(revision) } : metadata.annotations;
  const written = { ...deployment, metadata: { ...metadata, annotations }, status: { ...status, conditions: told } };
  const updated = await client.resource(deploymentKind).updateStatus(written);
  return { ...deployment, metadata: updated.metadata, ...(updated.status && { status: updated.status }) };
}

async function keepInStep(client: Client, deployment: Deployment, rs: ReplicaSet, revision: bigint): Promise<ReplicaSet> {
  const annotations = newReplicaSetAnnotations(deployment, rs.metadata.annotations, revision);
  const { minReadySeconds } = deployment.spec;
  if (isDeepStrictEqual(annotations, rs.metadata.annotations ?? {}) && (minReadySeconds ?? 0) === (rs.spec.minReadySeconds ?? 0)) return rs;
  return client
    .resource(replicaSetKind)
    .update({ ...rs, metadata: { ...rs.metadata, annotations }, spec: { ...rs.spec, minReadySeconds } });
}

async function createReplicaSet(options: NewReplicaSetOptions, revision: bigint): Promise<ReplicaSet> {
  const { client, events, deployment, sets } = options;
  const { name, namespace } = deployment.metadata;
  const { selector, template, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const size = newReplicaSetSize(deployment, sets, 0);
  const wanted: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { ...newReplicaSetAnnotations(deployment, undefined, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: size,
      ...(minReadySeconds && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
  try {
    const created = await client.resource(replicaSetKind).create(wanted);
    if (size > 0)
      events.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${created.metadata.name} from 0 to ${size}`);
    return created;
  } catch (error) {
    if (isStatus(error, 'AlreadyExists')) return resolveCollision(client, deployment, wanted, error);
    if (isNamespaceTerminating(error)) throw error;
    const message = `Failed to create new replica set "${wanted.metadata.name}": ${(error as Error).message}`;
    events.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
    await tell(options, undefined, progressing('False', 'ReplicaSetCreateError', message));
    throw error;
  }
}

/** The name is taken: by our own earlier try, or by another template with the same hash, which the next try avoids. */
async function resolveCollision(client: Client, deployment: Deployment, wanted: ReplicaSet, error: unknown): Promise<ReplicaSet> {
  const { namespace, name = '' } = wanted.metadata;
  const taken = await client.resource(replicaSetKind).get({ namespace, name });
  if (controllerOf(taken)?.uid === deployment.metadata.uid && sameTemplate(taken.spec.template, wanted.spec.template)) return taken;
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  await client.resource(deploymentKind).updateStatus({ ...deployment, status: { ...deployment.status, collisionCount } });
  throw error;
}
