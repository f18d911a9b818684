/** `LOCAL:REMOTE`, `REMOTE`, `:REMOTE`: from a port here to one of a pod. */
import type { Container, Pod, Service } from '@t8s/api';
import { Failure } from '../failure.ts';
import { containersOf } from '../logs/containers.ts';

export interface PortPair {
  /** 0 is any that is free. */
  local: number;
  remote: number;
}

/** Names and numbers are those of the `service`, where one was named, else of the pod. Fails in kubectl's words. */
export function readPorts(texts: readonly string[], pod: Pod, service?: Service): PortPair[] {
  return texts.map((text) => {
    const parts = text.split(':');
    const [left = '', right = left] = parts;
    if (parts.length > 2 || right === '') throw new Failure(`error: invalid port format '${text}'`);
    const remote = service ? targetPort(right, pod, service) : podPort(right, pod);
    return { local: parts.length === 1 ? localOf(right, remote) : portNumber(left || '0', 'local'), remote };
  });
}

const localOf = (text: string, remote: number): number => (/^\d+$/.test(text) ? Number(text) : remote);

function portNumber(text: string, which: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535)
    throw new Failure(`error: error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return number;
}

function podPort(text: string, pod: Pod): number {
  if (/^\d+$/.test(text)) {
    const port = portNumber(text, 'remote');
    if (port === 0) throw new Failure('error: remote port must be > 0');
    return port;
  }
  const found = named(containersOf(pod), text);
  if (found === undefined) throw new Failure(`error: Pod '${pod.metadata.name}' does not have a named port '${text}'`);
  return found;
}

const named = (containers: readonly Container[], name: string): number | undefined =>
  containers.flatMap(({ ports = [] }) => ports).find((port) => port.name === name)?.containerPort;

function targetPort(text: string, pod: Pod, { metadata, spec }: Service): number {
  const port = spec.ports?.find((one) => (/^\d+$/.test(text) ? one.port === Number(text) : one.name === text));
  if (!port) throw new Failure(`error: Service ${metadata.name} does not have a service port ${text}`);
  // A headless service has no port of its own: clients come to the pod's.
  const { targetPort: target = port.port } = port;
  if (spec.clusterIP === 'None') return port.port;
  return typeof target === 'number' ? target : podPort(target, pod);
}
