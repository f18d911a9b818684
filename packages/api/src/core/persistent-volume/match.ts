/** Which volume a claim may have: the rules that the binder and the scheduler share. Pure. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding */
import { parseQuantity, Quantity, toSelector } from '@t8s/meta';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../generated/types.ts';
import { matchesNodeSelector } from '../node/placement.ts';
import { storageClassAnnotation } from './warnings.ts';

/** The controller has said that claim and volume belong together. */
export const bindCompletedAnnotation = 'pv.kubernetes.io/bind-completed';
/** Nobody but the controller has put them together: it may part them again. */
export const boundByControllerAnnotation = 'pv.kubernetes.io/bound-by-controller';
/** The node that the first pod of a claim goes to, where volumes wait for it. */
export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node';

/** The name of the class, '' for none. */
export const storageClassOf = ({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string =>
  metadata.annotations?.[storageClassAnnotation] ?? spec.storageClassName ?? '';

export const waitsForConsumer = ({ volumeBindingMode }: StorageClass): boolean => volumeBindingMode === 'WaitForFirstConsumer';

/** The claim is bound, and said to be. */
export const isBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  (spec.volumeName ?? '') !== '' && metadata.annotations?.[bindCompletedAnnotation] !== undefined;

/** Whether the volume is, or is to be, this claim's. */
export function isForClaim({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef?.name !== metadata.name || claimRef?.namespace !== metadata.namespace) return false;
  return (claimRef?.uid ?? '') === '' || claimRef?.uid === metadata.uid;
}

/** Why the volume can't be the claim's, in upstream's words. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (sizeOf(volume).compare(requestOf(claim)) < 0) return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode';
  return offers(volume, claim) ? undefined : 'incompatible accessMode';
}

export interface Search {
  /** Whether another has taken the volume meanwhile. */
  isTaken?(name: string): boolean;
  /** Where it will be used. */
  node?: Node;
  /** Without a node nothing is decided yet: only a volume that was made for the claim will do. */
  waits?: boolean;
}

/** The volume that was made for the claim, else the smallest free one that will do. */
export function bestVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  { isTaken, node, waits = false }: Search = {},
): PersistentVolume | undefined {
  const { selector } = claim.spec;
  const selects = selector && toSelector(selector);
  const request = requestOf(claim);
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    const { metadata, spec, status } = volume;
    const isOwn = spec.claimRef !== undefined && isForClaim(volume, claim);
    // Most volumes are another's, or not free: nothing of them is parsed.
    if (!isOwn && (spec.claimRef || (!node && waits) || status?.phase !== 'Available')) continue;
    if (isTaken?.(metadata.name ?? '') || metadata.deletionTimestamp || modeOf(volume) !== modeOf(claim)) continue;
    if (sizeOf(volume).compare(request) < 0) continue;
    // It is the one, though it can't be had there.
    if (isOwn) return node && !isReachable(volume, node) ? undefined : volume;
    if ((selects && !selects.matches(metadata.labels)) || storageClassOf(volume) !== storageClassOf(claim)) continue;
    if (!offers(volume, claim) || (node && !isReachable(volume, node))) continue;
    if (!best || sizeOf(volume).compare(sizeOf(best)) < 0) best = volume;
  }
  return best;
}

/** Whether pods on the node can use the volume. */
export function isReachable({ spec: { nodeAffinity } }: PersistentVolume, node: Node): boolean {
  return nodeAffinity?.required === undefined || matchesNodeSelector(nodeAffinity.required, node);
}

const zero = Quantity.of(0);
const sizeOf = ({ spec }: PersistentVolume): Quantity => quantityOf(spec.capacity?.['storage']);
const requestOf = ({ spec }: PersistentVolumeClaim): Quantity => quantityOf(spec.resources?.requests?.['storage']);
const quantityOf = (text: string | undefined): Quantity => (text === undefined ? zero : parseQuantity(text));
const modeOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string => spec.volumeMode ?? 'Filesystem';
const offers = ({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode));
