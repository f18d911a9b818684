/** The endpoints a service should have. Pure. */
import type { DiscoveryEndpointPort, Endpoint, EndpointHints, Node, Pod, Service } from '@t8s/api';
import { endpointHostname, hasAddress, targetPort } from '../../endpoints/selection.ts';
import { isReady } from '../../pods/pod-state.ts';

/** Endpoints that share the same ports: named target ports may differ from pod to pod, and be on none. */
export interface PortGroup {
  ports: DiscoveryEndpointPort[];
  endpoints: Endpoint[];
}

/** Pods whose node is gone are left out: nobody runs them any more. */
export function desiredGroups(service: Service, pods: readonly Pod[], nodeOf: (name: string) => Node | undefined): PortGroup[] {
  const groups = new Map<string, PortGroup>();
  const publishesAll = service.spec.publishNotReadyAddresses === true;
  for (const pod of pods.filter(hasAddress)) {
    const node = nodeOf(pod.spec.nodeName ?? '');
    if (pod.spec.nodeName && !node && !publishesAll) continue;
    const ports = endpointPorts(service, pod);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(service, pod, node?.metadata.labels?.[zoneLabel]));
    groups.set(key, group);
  }
  return [...groups.values()];
}

function endpointPorts(service: Service, pod: Pod): DiscoveryEndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = targetPort(pod, port);
    if (number === undefined) return [];
    return [
      { name: port.name ?? '', protocol: port.protocol ?? 'TCP', port: number, ...(port.appProtocol && { appProtocol: port.appProtocol }) },
    ];
  });
}

function endpointOf(service: Service, pod: Pod, zone: string | undefined): Endpoint {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata;
  const serving = isReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { nodeName } = pod.spec;
  const hostname = endpointHostname(pod, service);
  const hints = ready ? hintsOf(service, nodeName, zone) : undefined;
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready, serving, terminating },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
    ...(hints && { hints }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** Whether its hints go by the zones' parts of the CPU: `trafficDistribution` counts only where they don't. */
export function isAuto({ metadata: { annotations = {} } }: Service): boolean {
  const mode = annotations['service.kubernetes.io/topology-aware-hints'] ?? annotations['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
}

/** Who should use this endpoint first by `trafficDistribution` (KEP-3015): the clients of its zone, or of its very node. */
function hintsOf(service: Service, nodeName: string | undefined, zone: string | undefined): EndpointHints | undefined {
  const { spec } = service;
  if (spec.trafficDistribution === undefined || isAuto(service)) return undefined;
  const hints = {
    ...(zone && { forZones: [{ name: zone }] }),
    ...(nodeName && spec.trafficDistribution === 'PreferSameNode' && { forNodes: [{ name: nodeName }] }),
  };
  return Object.keys(hints).length > 0 ? hints : undefined;
}

export const zoneLabel = 'topology.kubernetes.io/zone';
