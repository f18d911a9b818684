import type { Pod } from '@t8s/api';

/** A port by number, or by the name that a port of the container has. Throws where there is none. */
export function portNumber(port: number | string, pod: Pod, containerName: string): number {
  if (typeof port === 'number') return port;
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const named = containers.find((c) => c.name === containerName)?.ports?.find((p) => p.name === port);
  const number = named?.containerPort ?? Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new Error(`invalid port number: ${port}`);
  return number;
}
