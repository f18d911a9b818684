/** The subsets of an Endpoints object: addresses that share the same ports, in canonical order. Pure. */
import type { CoreEndpointPort, EndpointAddress, EndpointSubset, Pod, Service } from '@t8s/api';
import { endpointHostname, hasAddress, targetPort } from '../../endpoints/selection.ts';
import { isReady } from '../../pods/pod-state.ts';

/** Most addresses in one Endpoints object; the rest is told by the over-capacity annotation. */
export const maxAddresses = 1000;

type Subset = EndpointSubset & { addresses: EndpointAddress[]; notReadyAddresses: EndpointAddress[] };

export function endpointSubsets(service: Service, pods: readonly Pod[]): { subsets: EndpointSubset[]; truncated: boolean } {
  const publishAll = service.spec.publishNotReadyAddresses === true;
  const usable = pods.filter((pod) => hasAddress(pod) && (publishAll || pod.metadata.deletionTimestamp === undefined));
  const found = new Map<string, Subset>();
  for (const pod of usable) {
    const ports = portsOf(service, pod);
    if (ports.length === 0 && (service.spec.ports ?? []).length > 0) continue;
    const key = JSON.stringify(ports);
    const subset = found.get(key) ?? { addresses: [], notReadyAddresses: [], ports };
    (publishAll || isReady(pod) ? subset.addresses : subset.notReadyAddresses).push(addressOf(service, pod));
    found.set(key, subset);
  }
  const subsets = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subset]) => subset);
  return { truncated: truncate(subsets), subsets: subsets.map(tidy) };
}

/** Ready addresses stay, as far as there is room; of those that are too many each subset keeps its share. True when some were. */
export function truncate(subsets: readonly Subset[]): boolean {
  const total = (of: 'addresses' | 'notReadyAddresses'): number => subsets.reduce((sum, subset) => sum + subset[of].length, 0);
  const ready = total('addresses');
  if (ready + total('notReadyAddresses') <= maxAddresses) return false;
  if (ready > maxAddresses) for (const subset of subsets) subset.notReadyAddresses = [];
  const [cut, room] =
    ready > maxAddresses ? (['addresses', maxAddresses] as const) : (['notReadyAddresses', maxAddresses - ready] as const);
  const all = total(cut);
  let left = room;
  for (const subset of subsets) {
    subset[cut] = subset[cut].slice(0, Math.min(left, Math.ceil((subset[cut].length / all) * room)));
    left -= subset[cut].length;
  }
  return true;
}

function tidy({ addresses, notReadyAddresses, ports }: Subset): EndpointSubset {
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
