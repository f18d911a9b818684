import type { Container, Pod } from '@t8s/api';

/** How upstream's messages name a pod: name_namespace(uid). */
export function formatPod({ metadata }: Pod): string {
  return `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
}

/** Where an event about a container points. */
export function containerField(pod: Pod, container: Container): string {
  const list = (['initContainers', 'ephemeralContainers'] as const).find((name) => pod.spec[name]?.some((c) => c.name === container.name));
  return `spec.${list ?? 'containers'}{${container.name}}`;
}

/** Of every sort; their names are all different. */
export function allContainers({ spec }: Pod): Container[] {
  return [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
}

/** Go's text of a whole number of seconds: 10s, 1m20s, 5m0s. */
export function formatSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`;
}

/** A sidecar: an init container that keeps running beside the others (KEP-753). */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}
