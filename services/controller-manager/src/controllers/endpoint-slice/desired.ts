/** The endpoints a service should have, and how they are packed into slices. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { DiscoveryEndpointPort, Endpoint, EndpointSlice, Node, Pod, Service } from '@t8s/api';
import { endpointHostname, hasAddress, targetPort } from '../../endpoints/selection.ts';
import { isReady } from '../../pods/pod-state.ts';

/** Most endpoints in one slice (upstream's --max-endpoints-per-slice). */
export const maxEndpoints = 100;

/** Endpoints that share the same ports: named target ports may differ from pod to pod. */
export interface PortGroup {
  ports: DiscoveryEndpointPort[];
  endpoints: Endpoint[];
}

export function desiredGroups(service: Service, pods: readonly Pod[], zoneOf: (node: string) => string | undefined): PortGroup[] {
  const groups = new Map<string, PortGroup>();
  for (const pod of pods.filter(hasAddress)) {
    const ports = endpointPorts(service, pod);
    if (ports.length === 0 && (service.spec.ports ?? []).length > 0) continue;
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(service, pod, zoneOf));
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

function endpointOf(service: Service, pod: Pod, zoneOf: (node: string) => string | undefined): Endpoint {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata;
  const serving = service.spec.publishNotReadyAddresses === true || isReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const nodeName = pod.spec.nodeName;
  const zone = nodeName === undefined ? undefined : zoneOf(nodeName);
  const hostname = endpointHostname(pod, service);
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating), serving: isReady(pod), terminating },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

export const zoneLabel = 'topology.kubernetes.io/zone';
export const zoneOfNode = (node: Node | undefined): string | undefined => node?.metadata.labels?.[zoneLabel];

/** What to write: slices as they should be. `update` items keep the metadata of the slice they come from. */
export interface Plan {
  create: PortGroup[];
  update: { slice: EndpointSlice; endpoints: Endpoint[] }[];
  remove: EndpointSlice[];
}

/**
 * Packs with few writes: an endpoint stays in the slice it is in; new ones fill the slices that change anyway, then others
 * with room, then new slices; empty slices go. Order within a slice is kept.
 */
export function plan(groups: readonly PortGroup[], existing: readonly EndpointSlice[]): Plan {
  if (groups.length === 0) return placeholder(existing);
  const result: Plan = { create: [], update: [], remove: [] };
  const unmatched = new Set(existing);
  for (const { ports, endpoints } of groups) {
    const slices = [...unmatched].filter((slice) => isDeepStrictEqual(slice.ports ?? [], ports));
    const byUid = new Map(endpoints.map((endpoint) => [endpoint.targetRef?.uid, endpoint]));
    const kept = slices.map((slice) => {
      unmatched.delete(slice);
      const mine = slice.endpoints.flatMap(({ targetRef }) => {
        const endpoint = byUid.get(targetRef?.uid);
        byUid.delete(targetRef?.uid);
        return endpoint ? [endpoint] : [];
      });
      return { slice, mine, changed: !isDeepStrictEqual(mine, slice.endpoints) };
    });
    const fresh = [...byUid.values()];
    for (const entry of kept.toSorted((a, b) => Number(b.changed) - Number(a.changed) || b.mine.length - a.mine.length)) {
      if (entry.mine.length === 0 && fresh.length === 0) result.remove.push(entry.slice);
      const added = fresh.splice(0, maxEndpoints - entry.mine.length);
      const all = [...entry.mine, ...added];
      if (all.length > 0 && (entry.changed || added.length > 0)) result.update.push({ slice: entry.slice, endpoints: all });
    }
    while (fresh.length > 0) result.create.push({ ports, endpoints: fresh.splice(0, maxEndpoints) });
  }
  result.remove.push(...unmatched);
  return result;
}

/** A service without endpoints keeps one empty slice: it says that there are none, which nothing at all wouldn't. */
function placeholder(existing: readonly EndpointSlice[]): Plan {
  const [first, ...others] = existing;
  if (!first) return { create: [{ ports: [], endpoints: [] }], update: [], remove: [] };
  return { create: [], update: first.endpoints.length > 0 ? [{ slice: first, endpoints: [] }] : [], remove: others };
}
