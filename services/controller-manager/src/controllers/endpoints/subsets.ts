/** The subsets of an Endpoints object: addresses that share the same ports, in canonical order. Pure. */
import type { CoreEndpointPort, EndpointAddress, EndpointSubset, Pod, Service } from '@t8s/api';
import { endpointHostname, hasAddress, targetPort } from '../../endpoints/selection.ts';
import { isReady } from '../../pods/pod-state.ts';

/** Most addresses in one Endpoints object; the rest is told by the over-capacity annotation. */
export const maxAddresses = 1000;

export function endpointSubsets(service: Service, pods: readonly Pod[]): { subsets: EndpointSubset[]; truncated: boolean } {
  const publishAll = service.spec.publishNotReadyAddresses === true;
  const usable = pods.filter((pod) => hasAddress(pod) && (publishAll || pod.metadata.deletionTimestamp === undefined));
  const kept = [...usable].sort((a, b) => Number(isReady(b)) - Number(isReady(a))).slice(0, maxAddresses);
  const subsets = new Map<string, EndpointSubset & { addresses: EndpointAddress[]; notReadyAddresses: EndpointAddress[] }>();
  for (const pod of kept) {
    const ports = portsOf(service, pod);
    if (ports.length === 0 && (service.spec.ports ?? []).length > 0) continue;
    const key = JSON.stringify(ports);
    const subset = subsets.get(key) ?? { addresses: [], notReadyAddresses: [], ports };
    (publishAll || isReady(pod) ? subset.addresses : subset.notReadyAddresses).push(addressOf(service, pod));
    subsets.set(key, subset);
  }
  return {
    subsets: [...subsets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subset]) => tidy(subset)),
    truncated: usable.length > kept.length,
  };
}

function tidy({
  addresses,
  notReadyAddresses,
  ports,
}: {
  addresses: EndpointAddress[];
  notReadyAddresses: EndpointAddress[];
  ports?: CoreEndpointPort[];
}): EndpointSubset {
  const sorted = (list: EndpointAddress[]): EndpointAddress[] => list.sort((a, b) => (a.ip < b.ip ? -1 : 1));
  return {
    ...(addresses.length > 0 && { addresses: sorted(addresses) }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses: sorted(notReadyAddresses) }),
    ...(ports && ports.length > 0 && { ports }),
  };
}

function portsOf(service: Service, pod: Pod): CoreEndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = targetPort(pod, port);
    return number === undefined
      ? []
      : [
          {
            ...(port.name && { name: port.name }),
            port: number,
            protocol: port.protocol ?? 'TCP',
            ...(port.appProtocol && { appProtocol: port.appProtocol }),
          },
        ];
  });
}

function addressOf(service: Service, pod: Pod): EndpointAddress {
  const { name, namespace, uid } = pod.metadata;
  const hostname = endpointHostname(pod, service);
  return {
    ip: pod.status?.podIP ?? '',
    ...(hostname && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
}
