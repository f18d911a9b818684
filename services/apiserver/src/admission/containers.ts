import type { Container, PodSpec } from '@t8s/api';

/** Containers of all kinds, as they start. */
export function containersOf({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers, ...(ephemeralContainers as readonly Container[])];
}
