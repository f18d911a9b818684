/** Which class those get that name none. */
import type { KubeObject } from '@t8s/meta';
import { storageClassAnnotation } from './core/persistent-volume/warnings.ts';
import type { PersistentVolumeClaim, StorageClass } from './generated/types.ts';

/** Of the classes an annotation marks as the default one the newest; of those made in one second the first by name (upstream's). */
export function defaultClass<T extends KubeObject>(classes: Iterable<T>, ...annotations: readonly string[]): T | undefined {
  const made = ({ metadata }: T): string => metadata.creationTimestamp ?? '';
  return [...classes]
    .filter(({ metadata }) => annotations.some((name) => metadata.annotations?.[name] === 'true'))
    .sort((a, b) => (made(a) === made(b) ? compare(a.metadata.name, b.metadata.name) : compare(made(b), made(a))))[0];
}

export const defaultStorageClass = (classes: Iterable<StorageClass>): StorageClass | undefined =>
  defaultClass(classes, 'storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class');

/** Whether the claim says anything of its class: an empty one is an answer too. */
export const namesStorageClass = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  spec.storageClassName !== undefined || metadata.annotations?.[storageClassAnnotation] !== undefined;

const compare = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
