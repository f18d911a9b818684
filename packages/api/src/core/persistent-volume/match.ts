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
  const { name, deletionTimestamp } = volume.metadata;
  if (deletionTimestamp) return `the volume is marked for deletion ${JSON.stringify(name)}`;
  if (capacityOf(volume).compare(requestedStorage(claim)) < 0) return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if (attributesClassOf(volume) !== attributesClassOf(claim)) return 'volumeAttributesClassName does not match';
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode';
  return offers(volume, claim) ? undefined : 'incompatible accessMode';
}

/** Where a volume that was made for the claim, or reserved for it, can't be its after all; nobody asks for its class. */
export const isUnfit = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  volume.metadata.deletionTimestamp !== undefined ||
  modeOf(volume) !== modeOf(claim) ||
  attributesClassOf(volume) !== attributesClassOf(claim) ||
  capacityOf(volume).compare(requestedStorage(claim)) < 0;

export interface Search {
  /** Where it will be used. */
  node: Node;
  /** Whether another has taken the volume meanwhile. */
  isTaken?(name: string): boolean;
}

/** The volume that was made for the claim, else the smallest free one that will do on the node. */
export function bestVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  { node, isTaken }: Search,
): PersistentVolume | undefined {
  const { selector } = claim.spec;
  const selects = selector && toSelector(selector);
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    const { metadata, spec, status } = volume;
    const isOwn = spec.claimRef !== undefined && isForClaim(volume, claim);
    // Most volumes are another's, or not free: nothing of them is parsed.
    if (!isOwn && (spec.claimRef || status?.phase !== 'Available')) continue;
    if (isTaken?.(metadata.name ?? '') || isUnfit(volume, claim)) continue;
    // It is the one, though it can't be had there.
    if (isOwn) return isReachable(volume, node) ? volume : undefined;
    if ((selects && !selects.matches(metadata.labels)) || storageClassOf(volume) !== storageClassOf(claim)) continue;
    if (!offers(volume, claim) || !isReachable(volume, node)) continue;
    if (!best || capacityOf(volume).compare(capacityOf(best)) < 0) best = volume;
  }
  return best;
}

/** Whether pods on the node can use the volume. */
export function isReachable({ spec: { nodeAffinity } }: PersistentVolume, node: Node): boolean {
  return nodeAffinity?.required === undefined || matchesNodeSelector(nodeAffinity.required, node);
}

/** What a volume and a claim must have the same: two alike are a pair but for size, access modes, labels and place. */
export const likeness = (object: PersistentVolume | PersistentVolumeClaim): string =>
  `${storageClassOf(object)}/${attributesClassOf(object)}/${modeOf(object)}`;

const zero = Quantity.of(0);
export const capacityOf = ({ spec }: PersistentVolume): Quantity => quantityOf(spec.capacity?.['storage']);
export const requestedStorage = ({ spec }: PersistentVolumeClaim): Quantity => quantityOf(spec.resources?.requests?.['storage']);
const quantityOf = (text: string | undefined): Quantity => (text === undefined ? zero : parseQuantity(text));
const modeOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string => spec.volumeMode ?? 'Filesystem';
/** Undefined and '' are one. */
const attributesClassOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string => spec.volumeAttributesClassName ?? '';

/** Every mode that the claim wants. */
export const offersModes = (offered: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  wanted.every((mode) => offered.includes(mode));
const offers = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  offersModes(volume.spec.accessModes, claim.spec.accessModes);
