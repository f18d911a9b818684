import { type PersistentVolumeClaim, storageClassAnnotation } from '@t8s/api';
import { parseQuantity, Quantity } from '@t8s/meta';
import { type Amounts, one } from './amounts.ts';

const counts = ['persistentvolumeclaims', 'requests.storage'];
const ofClass = '.storageclass.storage.k8s.io/';

export const isClaimName = (name: string): boolean =>
  name === 'count/persistentvolumeclaims' || counts.includes(name) || counts.some((count) => name.endsWith(ofClass + count));

export function claimUsage(claim: PersistentVolumeClaim): Amounts {
  const storage = storageOf(claim);
  const usage = { persistentvolumeclaims: one, ...(storage && { 'requests.storage': storage }) };
  const className = claim.metadata.annotations?.[storageClassAnnotation] ?? claim.spec.storageClassName ?? '';
  const byClass = Object.entries(usage).map(([name, amount]) => [className + ofClass + name, amount] as const);
  return { 'count/persistentvolumeclaims': one, ...usage, ...(className === '' ? {} : Object.fromEntries(byClass)) };
}

/** What is asked for, or what a claim that grew was given already: the larger, in whole bytes. */
function storageOf({ spec, status }: PersistentVolumeClaim): Quantity | undefined {
  const asked = spec.resources?.requests?.['storage'];
  if (asked === undefined) return undefined;
  const given = status?.allocatedResources?.['storage'] ?? '0';
  const [a, b] = [parseQuantity(asked), parseQuantity(given)];
  const larger = b.compare(a) > 0 ? b : a;
  return Quantity.of(larger.value, larger.format);
}

/** The attribute classes a claim has, or is to have. */
export const attributeClasses = ({ spec, status = {} }: PersistentVolumeClaim): string[] =>
  [
    spec.volumeAttributesClassName,
    status.currentVolumeAttributesClassName,
    status.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].flatMap((name) => (name ? [name] : []));
