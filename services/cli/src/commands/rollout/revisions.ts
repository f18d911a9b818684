/** The revisions of a workload: a deployment's ReplicaSets, a daemon set's ControllerRevisions. */
import type { PodTemplateSpec } from '@t8s/api';
import { controllerOf } from '@t8s/meta';
import type { Located } from '../../resources/located.ts';
import { type AnyObject, listObjects } from '../../resources/requests.ts';
import type { Resource } from '../../resources/resource.ts';
import type { Session } from '../../session.ts';
import { Failure } from '../failure.ts';

export interface Revision {
  number: number;
  template: PodTemplateSpec;
  annotations: Record<string, string>;
}

export const changeCause = ({ annotations }: Revision): string => annotations['kubernetes.io/change-cause'] || '<none>';

const revisionAnnotation = 'deployment.kubernetes.io/revision';
const hashLabel = 'pod-template-hash';

/** What keeps the revisions of a resource's objects; undefined where they have none. */
export const revisioned = ({ group, kind }: Pick<Resource, 'group' | 'kind'>): string | undefined =>
  group === 'apps' ? { Deployment: 'replicasets', DaemonSet: 'controllerrevisions', StatefulSet: 'controllerrevisions' }[kind] : undefined;

export const groupKind = ({ group, kind }: Pick<Resource, 'group' | 'kind'>): string => (group === '' ? kind : `${kind}.${group}`);

/** Workloads that could have revisions and have none. */
const unrevisioned = new Set(['/Pod', '/ReplicationController', 'apps/ReplicaSet', 'batch/CronJob', 'batch/Job']);

/** What keeps the revisions of the resource's objects. Fails where they have none: `what` was asked of whom (`viewer`). */
export function mustBeRevisioned({ group, kind }: Resource, what: string, viewer: string): string {
  const kept = revisioned({ group, kind });
  if (kept !== undefined) return kept;
  if (unrevisioned.has(`${group}/${kind}`))
    throw new Failure(`error: no ${viewer} has been implemented for "${groupKind({ group, kind })}"`);
  throw new Failure(`error: error retrieving ${what} for "${kind}", no visitor method exists for {${group} ${kind}}`);
}

/** Oldest first. Fails for what has no revisions. */
export async function revisionsOf(session: Session, { object, resource, namespace }: Located): Promise<Revision[]> {
  const kept = mustBeRevisioned(resource, 'history', 'history viewer');
  const { items } = await listObjects(session.client, await session.discovery.find(kept), { namespace });
  const own = items.filter((item) => controllerOf(item)?.uid === object.metadata.uid);
  const revisions = own.map((item) => (kept === 'replicasets' ? fromReplicaSet(item) : fromControllerRevision(item)));
  return revisions.filter(({ number }) => number > 0).sort((a, b) => a.number - b.number);
}

function fromReplicaSet({ metadata: { annotations = {} }, spec }: AnyObject): Revision {
  const { template } = spec as { template: PodTemplateSpec };
  return { number: Number(annotations[revisionAnnotation] ?? 0), template, annotations };
}

function fromControllerRevision({ metadata: { annotations = {} }, revision, data }: AnyObject): Revision {
  const { spec } = data as { spec: { template: PodTemplateSpec } };
  return { number: Number(revision), template: spec.template, annotations };
}

/** The template as the workload had it: the ReplicaSet's own label is gone. */
export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
