/** Which container of a pod a command means. */
import type { Container, Pod } from '@t8s/api';

const annotation = 'kubectl.kubernetes.io/default-container';

/** In the order they start. */
export const containersOf = ({ spec }: Pod): Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...(spec.ephemeralContainers ?? []),
];

export const allContainers = (pod: Pod): string[] => containersOf(pod).map(({ name }) => name);

/** The pod's own choice, or its first container; says so to `warn` where there are several. */
export function defaultContainer(pod: Pod, warn: (text: string) => void): string {
  const all = allContainers(pod);
  const chosen = pod.metadata.annotations?.[annotation];
  if (chosen !== undefined && all.includes(chosen)) return chosen;
  const first = pod.spec.containers[0]?.name ?? '';
  if (all.length > 1) warn(`Defaulted container "${first}" out of: ${describeAll(pod)}\n`);
  return first;
}

/** Upstream names those that run first. */
function describeAll({ spec }: Pod): string {
  return [
    ...spec.containers.map(({ name }) => name),
    ...(spec.ephemeralContainers ?? []).map(({ name }) => `${name} (ephem)`),
    ...(spec.initContainers ?? []).map(({ name }) => `${name} (init)`),
  ].join(', ');
}
