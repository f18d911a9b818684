/** The replica set of the current template: found, kept in step, or made. */
import { isDeepStrictEqual } from 'node:util';
import { type Deployment, deploymentKind, type ReplicaSet, replicaSetKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import { controllerOf, isStatus } from '@t8s/meta';
import { controllerReference, type Owner } from '../../pods/claim.ts';
import { hashLabel, sameTemplate, templateHash } from '../../pods/template-hash.ts';
import { newReplicaSetAnnotations, revisionAnnotation, revisionOf, sizeAnnotations } from './annotations.ts';
import { newReplicaSetSize } from './bounds.ts';

export interface NewReplicaSetOptions {
  client: Client;
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

/** Brings annotations, minReadySeconds and revision up to date. Returns undefined when there is no such replica set and `create` is false. */
export async function syncNewReplicaSet(options: NewReplicaSetOptions & { create: boolean }): Promise<ReplicaSet | undefined> {
  const { client, deployment, sets, create } = options;
  const existing = findNewReplicaSet(deployment, sets);
  const revision = Math.max(0, ...sets.filter((rs) => rs !== existing).map(revisionOf)) + 1;
  if (existing) return keepInStep(client, deployment, existing, revision);
  return create ? createReplicaSet(options, revision) : undefined;
}

/** Tells the deployment its revision. Returns the version to go on with. */
export async function keepRevision(
  client: Client,
  deployment: Owner<Deployment>,
  newRs: ReplicaSet | undefined,
): Promise<Owner<Deployment>> {
  if (!newRs || revisionOf(deployment) === revisionOf(newRs)) return deployment;
  const { metadata } = deployment;
  const annotations = { ...metadata.annotations, [revisionAnnotation]: String(revisionOf(newRs)) };
  const updated = await client.resource(deploymentKind).update({ ...deployment, metadata: { ...metadata, annotations } });
  return { ...deployment, metadata: updated.metadata };
}

async function keepInStep(client: Client, deployment: Deployment, rs: ReplicaSet, revision: number): Promise<ReplicaSet> {
  const annotations = newReplicaSetAnnotations(deployment, rs.metadata.annotations, revision);
  const { minReadySeconds } = deployment.spec;
  if (isDeepStrictEqual(annotations, rs.metadata.annotations ?? {}) && (minReadySeconds ?? 0) === (rs.spec.minReadySeconds ?? 0)) return rs;
  return client
    .resource(replicaSetKind)
    .update({ ...rs, metadata: { ...rs.metadata, annotations }, spec: { ...rs.spec, minReadySeconds } });
}

async function createReplicaSet({ client, events, deployment, sets }: NewReplicaSetOptions, revision: number): Promise<ReplicaSet> {
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
    if (!isStatus(error, 'AlreadyExists')) throw error;
    return resolveCollision(client, deployment, wanted, error);
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
