import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, OwnerReference } from '@t8s/meta';

/** Takes out owners that are named twice, and warns of them, as upstream has done since 1.20. */
export function dedupeOwners({ metadata }: KubeObject, warnings: string[], { isAdmitted }: { isAdmitted: boolean }): void {
  const { ownerReferences: owners = [] } = metadata;
  if (owners.length < 2) return;
  const uids = new Set<string>();
  const kept: OwnerReference[] = [];
  const twice: string[] = [];
  for (const owner of owners) {
    if (uids.has(owner.uid) && kept.some((other) => isDeepStrictEqual(other, owner))) twice.push(owner.uid);
    else kept.push(owner);
    uids.add(owner.uid);
  }
  if (twice.length === 0) return;
  metadata.ownerReferences = kept;
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries${isAdmitted ? ' after mutating admission happens' : ''}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${twice.join(', ')}`,
  );
}
