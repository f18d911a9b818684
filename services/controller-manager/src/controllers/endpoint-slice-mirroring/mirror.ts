/** The slices that show what an Endpoints object says: one for each set of ports and each family of addresses. Pure. */
import { isIPv6 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, EndpointAddress, EndpointSlice, Endpoints } from '@t8s/api';
import { managedByLabel, type SliceChanges, serviceNameLabel } from '../../endpoints/managed-slices.ts';
import { triggerTimeAnnotation } from '../../endpoints/trigger-times.ts';
import { controllerReference } from '../../pods/claim.ts';

export const manager = 'endpointslicemirroring-controller.k8s.io';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** `max` addresses are taken of a subset, and of all with the same ports; `skipped` is how many more there are. */
export function mirror(endpoints: Endpoints, max: number): { slices: EndpointSlice[]; skipped: number } {
  const { name = '', namespace, labels, annotations: all = {} } = endpoints.metadata;
  const { [lastApplied]: _, [triggerTimeAnnotation]: _time, ...annotations } = all;
  const metadata = {
    generateName: `${name}-`,
    namespace,
    labels: { ...labels, [serviceNameLabel]: name, [managedByLabel]: manager },
    annotations,
    ownerReferences: [controllerReference({ ...endpoints, apiVersion: 'v1', kind: 'Endpoints' })],
  };
  const slices = new Map<string, EndpointSlice>();
  let skipped = 0;
  for (const { addresses = [], notReadyAddresses = [], ports: subsetPorts = [] } of endpoints.subsets ?? []) {
    const ports = subsetPorts.map(({ name: port = '', protocol = 'TCP', ...more }) => ({ name: port, protocol, ...more }));
    const found = [...addresses.map((a) => endpointOf(a, true)), ...notReadyAddresses.map((a) => endpointOf(a, false))];
    skipped += Math.max(0, found.length - max);
    for (const endpoint of found.slice(0, max)) {
      const addressType = isIPv6(endpoint.addresses[0] ?? '') ? 'IPv6' : 'IPv4';
      const key = JSON.stringify([addressType, ports]);
      const base = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType, ports };
      const slice: EndpointSlice = slices.get(key) ?? { ...base, endpoints: [] };
      // No slice may have more.
      if (slice.endpoints.length < max) slice.endpoints.push(endpoint);
      slices.set(key, slice);
    }
  }
  return { slices: [...slices.values()], skipped };
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(targetRef && { targetRef }),
  };
}

/** What makes `existing` into `wanted`: the slice with the same ports and family is kept, others go. */
export function changesTo(wanted: readonly EndpointSlice[], existing: readonly EndpointSlice[]): SliceChanges {
  const changes: SliceChanges = { create: [], update: [], remove: [] };
  const left = new Set(existing);
  for (const slice of wanted) {
    const old = [...left].find((s) => s.addressType === slice.addressType && isDeepStrictEqual(s.ports ?? [], slice.ports));
    if (!old) {
      changes.create.push(slice);
      continue;
    }
    left.delete(old);
    const { labels, annotations } = slice.metadata;
    const said = [old.endpoints, old.metadata.labels, old.metadata.annotations ?? {}];
    if (!isDeepStrictEqual(said, [slice.endpoints, labels, annotations]))
      changes.update.push({ ...slice, metadata: { ...old.metadata, labels, annotations } });
  }
  changes.remove.push(...left);
  return changes;
}
