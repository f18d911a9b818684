/** The revisions of a daemon set's template, as ControllerRevisions: `kubectl rollout history` and `undo` read them. */
import { isDeepStrictEqual } from 'node:util';
import { type ControllerRevision, controllerRevisionKind, type DaemonSet } from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import { controllerReference, type Owner } from '../../pods/claim.ts';
import { templateHash } from '../../pods/template-hash.ts';

export const revisionLabel = 'controller-revision-hash';

/** What a revision stores: a patch that puts the template back. */
export function revisionData(set: DaemonSet): { spec: { template: object } } {
  return { spec: { template: { ...set.spec.template, $patch: 'replace' } } };
}

/** The revision of the current template, made or renumbered to be the latest. `existing` are the set's own. */
export async function currentRevision(
  client: Client,
  set: Owner<DaemonSet>,
  existing: readonly ControllerRevision[],
): Promise<ControllerRevision> {
  const data = revisionData(set);
  const latest = Math.max(0, ...existing.map((r) => r.revision));
  const same = existing.filter((r) => isDeepStrictEqual(r.data, data)).toSorted((a, b) => b.revision - a.revision)[0];
  if (same) return same.revision === latest ? same : client.resource(controllerRevisionKind).update({ ...same, revision: latest + 1 });
  const hash = templateHash(set.spec.template, set.status?.collisionCount);
  const { name, namespace } = set.metadata;
  const revision: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...set.spec.template.metadata?.labels, [revisionLabel]: hash },
      annotations: { ...set.metadata.annotations },
      ownerReferences: [controllerReference(set)],
    },
    data,
    revision: latest + 1,
  };
  return client.resource(controllerRevisionKind).create(revision);
}

/** Deletes the oldest revisions beyond the limit that no pod has and that aren't the current one. */
export async function trimHistory(
  client: Client,
  {
    set,
    existing,
    current,
    inUse,
  }: { set: DaemonSet; existing: readonly ControllerRevision[]; current: ControllerRevision; inUse: ReadonlySet<string> },
): Promise<void> {
  const limit = set.spec.revisionHistoryLimit ?? 10;
  const unused = existing
    .filter((r) => r.metadata.name !== current.metadata.name && !inUse.has(r.metadata.labels?.[revisionLabel] ?? ''))
    .toSorted((a, b) => a.revision - b.revision);
  for (const { metadata } of unused.slice(0, Math.max(0, unused.length - limit))) {
    try {
      await client.resource(controllerRevisionKind).delete({ namespace: metadata.namespace, name: metadata.name ?? '' });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
    }
  }
}
