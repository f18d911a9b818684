/** Which pods stand behind a service, and on which ports: what Endpoints and EndpointSlices have in common. */
import type { Pod, Service, ServicePort } from '@t8s/api';
import { isTerminal } from '../pods/pod-state.ts';

/** True for services whose endpoints controllers keep: those with a selector that aren't mere aliases. */
export function hasManagedEndpoints({ spec }: Service): boolean {
  return spec.selector !== undefined && Object.keys(spec.selector).length > 0 && spec.type !== 'ExternalName';
}

export function selects(service: Service, labels: Record<string, string> | undefined): boolean {
  return hasManagedEndpoints(service) && Object.entries(service.spec.selector ?? {}).every(([key, value]) => labels?.[key] === value);
}

export const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None';

/** A pod that may stand in an endpoint: it has an address and hasn't ended. */
export const hasAddress = (pod: Pod): boolean => Boolean(pod.status?.podIP) && !isTerminal(pod);

/** The number behind a service port's targetPort on this pod; undefined when the pod names no such port. */
export function targetPort(pod: Pod, { targetPort: target, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (target === undefined || target === '' || target === 0) return port;
  if (typeof target === 'number') return target;
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')];
  return containers.flatMap((c) => c.ports ?? []).find((p) => p.name === target && (p.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** The pod's name in the service's DNS zone, if it has one. */
export function endpointHostname(pod: Pod, service: Service): string | undefined {
  return pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined;
}

/** What a change of this pod could mean to endpoints; equal texts mean nothing changed. */
export function endpointFacts(pod: Pod): string {
  const ready = pod.status?.conditions?.find((c) => c.type === 'Ready')?.status;
  return JSON.stringify([
    pod.metadata.labels,
    pod.metadata.deletionTimestamp,
    pod.spec.nodeName,
    pod.spec.hostname,
    pod.spec.subdomain,
    pod.status?.podIP,
    pod.status?.phase,
    ready,
  ]);
}
