/** The revisions of a set's template, as ControllerRevisions: `kubectl rollout history` and `undo` read them. */
import { isDeepStrictEqual } from 'node:util';
import { type ControllerRevision, controllerRevisionKind, type PodTemplateSpec } from '@t8s/api';
import type { Client, ResourceRef } from '@t8s/client';
import type { Informer } from '@t8s/informer';
import { isStatus, type KubeObject, type LabelSelector, toSelector } from '@t8s/meta';
import { claim, controllerReference, type Owner } from '../pods/claim.ts';
import { candidatesOf } from '../pods/indexers.ts';
import { templateHash } from '../pods/template-hash.ts';

/** On pods: the revision they were made from. On the revisions of daemon sets, where it is the hash alone, too. */
export const revisionLabel = 'controller-revision-hash';

/** What has revisions: DaemonSets and StatefulSets. */
export interface Revisioned extends KubeObject {
  spec: { selector: LabelSelector; template: PodTemplateSpec; revisionHistoryLimit?: number };
  status?: { collisionCount?: number };
}

export interface HistoryOptions<T extends Revisioned> {
  client: Client;
  kind: ResourceRef<T>;
  /** The label of a revision that bears its hash. */
  hashLabel: string;
  revisions: Informer<ControllerRevision>;
}

export interface Latest {
  revision: ControllerRevision;
  /** How often a hash was taken by another template. */
  collisionCount: number;
}

export class History<T extends Revisioned> {
  readonly #options: HistoryOptions<T>;

  constructor(options: HistoryOptions<T>) {
    this.#options = options;
  }

  /** The set's own revisions, those it adopts among them: they outlive a set deleted without its dependents. */
  claim(set: Owner<T>): Promise<ControllerRevision[]> {
    const { client, kind, revisions } = this.#options;
    return claim({
      client,
      kind: controllerRevisionKind,
      owner: set,
      ownerKind: kind,
      selector: toSelector(set.spec.selector),
      candidates: candidatesOf(revisions, set),
    });
  }

  /** The revision of the present template, made or renumbered to be the latest. */
  async latest(set: Owner<T>, existing: readonly ControllerRevision[]): Promise<Latest> {
    const data = revisionData(set.spec.template);
    const last = Math.max(0, ...existing.map((r) => r.revision));
    const collisionCount = set.status?.collisionCount ?? 0;
    const same = existing.filter((r) => isDeepStrictEqual(r.data, data)).toSorted((a, b) => b.revision - a.revision)[0];
    if (same?.revision === last) return { revision: same, collisionCount };
    const revisions = this.#options.client.resource(controllerRevisionKind);
    if (same) return { revision: await revisions.update({ ...same, revision: last + 1 }), collisionCount };
    return this.#create(set, last + 1, collisionCount);
  }

  /** Deletes the oldest revisions beyond the limit (a negative one keeps all) that are not `live`. */
  async trim(set: T, existing: readonly ControllerRevision[], isLive: (revision: ControllerRevision) => boolean): Promise<void> {
    const limit = set.spec.revisionHistoryLimit ?? 10;
    if (limit < 0) return;
    const unused = existing.filter((r) => !isLive(r)).toSorted((a, b) => a.revision - b.revision);
    for (const { metadata } of unused.slice(0, Math.max(0, unused.length - limit))) {
      const ref = { namespace: metadata.namespace, name: metadata.name ?? '' };
      await this.#options.client
        .resource(controllerRevisionKind)
        .delete(ref)
        .catch((error: unknown) => {
          if (!isStatus(error, 'NotFound')) throw error;
        });
    }
  }

  /** Where the name is taken by another template, another hash is tried. */
  async #create(set: Owner<T>, number: number, collisionCount: number): Promise<Latest> {
    const revisions = this.#options.client.resource(controllerRevisionKind);
    const wanted = newRevision(set, { hashLabel: this.#options.hashLabel, number, collisionCount });
    try {
      return { revision: await revisions.create(wanted), collisionCount };
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
    const taken = await revisions.get({ namespace: wanted.metadata.namespace, name: wanted.metadata.name ?? '' });
    if (isDeepStrictEqual(taken.data, wanted.data)) return { revision: taken, collisionCount };
    return this.#create(set, number, collisionCount + 1);
  }
}

/** The template that a revision stands for. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (data as ReturnType<typeof revisionData>).spec.template;
  return template;
}

/** What a revision stores: a patch that puts the template back. */
function revisionData(template: PodTemplateSpec): { spec: { template: PodTemplateSpec & { $patch: string } } } {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

function newRevision(
  set: Owner<Revisioned>,
  { hashLabel, number, collisionCount }: { hashLabel: string; number: number; collisionCount: number },
): ControllerRevision {
  const { template } = set.spec;
  const { name, namespace, annotations } = set.metadata;
  const hash = templateHash(template, collisionCount);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      annotations: { ...annotations },
      ownerReferences: [controllerReference(set)],
    },
    data: revisionData(template),
    revision: number,
  };
}
