/** Who owns the claims of a stateful set's pods, so that the garbage collector keeps to the retention policy (KEP-1847). Pure. */
import { type PersistentVolumeClaim, type Pod, podKind, type StatefulSet } from '@t8s/api';
import type { KubeObject, OwnerReference } from '@t8s/meta';
import { controllerReference, type Owner, withKind } from '../../pods/claim.ts';
import { claimName, isWanted, podName } from './identity.ts';

/** The claims of a new pod. Those to be deleted with the set are its own from the beginning. */
export function newClaims(set: Owner<StatefulSet>, ordinal: number): PersistentVolumeClaim[] {
  const owner = wantedOwner(set, set, ordinal);
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(template, set, ordinal),
      namespace: set.metadata.namespace,
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
      ...(template.metadata.annotations && { annotations: { ...template.metadata.annotations } }),
      ...(owner && { ownerReferences: [controllerReference(owner)] }),
    },
    spec: structuredClone(template.spec),
  }));
}

/** A claim that a pod scaled away owns waits for its end: a new pod must not get it. */
export function isStaleClaim(set: StatefulSet, ordinal: number, claim: PersistentVolumeClaim): boolean {
  const isPods = (ref: OwnerReference): boolean => ref.apiVersion === 'v1' && ref.kind === 'Pod' && ref.name === podName(set, ordinal);
  return policyOf(set).whenScaled === 'Delete' && (claim.metadata.ownerReferences ?? []).some(isPods);
}

export interface Owners {
  /** What the claim's owner references should be; undefined where they are right or not ours to touch. */
  references: OwnerReference[] | undefined;
  /** Somebody else manages the claim: the policy doesn't count. */
  isForeign: boolean;
}

export function claimOwners(set: Owner<StatefulSet>, cachedPod: Pod, ordinal: number, claim: PersistentVolumeClaim): Owners {
  const pod = withKind(podKind, cachedPod);
  const references = claim.metadata.ownerReferences ?? [];
  const ours = references.filter((ref) => names(ref, set) || names(ref, pod));
  // Left by an earlier set or pod of the name: its end is the garbage collector's.
  if (ours.some(({ uid }) => uid !== set.metadata.uid && uid !== pod.metadata.uid)) return { references: undefined, isForeign: false };
  const others = references.filter((ref) => !ours.includes(ref));
  const { whenDeleted, whenScaled } = policyOf(set);
  const isForeign = (whenDeleted === 'Delete' || whenScaled === 'Delete') && others.some(({ controller }) => controller);
  const owner = isForeign ? undefined : wantedOwner(set, pod, ordinal);
  const isRight = owner ? ours.length === 1 && ours[0]?.controller === true && ours[0].uid === owner.metadata.uid : ours.length === 0;
  return { references: isRight ? undefined : [...others, ...(owner ? [controllerReference(owner)] : [])], isForeign };
}

function wantedOwner(set: Owner<StatefulSet>, pod: Owner, ordinal: number): Owner | undefined {
  const { whenDeleted, whenScaled } = policyOf(set);
  if (whenScaled === 'Delete' && !isWanted(set, ordinal)) return pod;
  return whenDeleted === 'Delete' ? set : undefined;
}

const policyOf = ({ spec }: StatefulSet): { whenDeleted?: string; whenScaled?: string } => spec.persistentVolumeClaimRetentionPolicy ?? {};

const names = (ref: OwnerReference, { apiVersion, kind, metadata }: KubeObject): boolean =>
  ref.apiVersion === apiVersion && ref.kind === kind && ref.name === metadata.name;
