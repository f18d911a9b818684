/** How the endpoints of a service are packed into slices with few writes. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, EndpointSlice } from '@t8s/api';
import type { PortGroup } from './desired.ts';

/** `update` is what slices should hold, `unchanged` are those that hold it. */
export interface Packing {
  create: PortGroup[];
  update: (PortGroup & { slice: EndpointSlice })[];
  unchanged: EndpointSlice[];
  remove: EndpointSlice[];
}

/**
 * An endpoint stays in the slice it is in, in the order it is in. New ones fill the slices that change anyway, the fullest first;
 * what would fill a slice makes new ones, the rest goes into the fullest slice that has room for all of it, or into a new one. Empty slices go. `max` endpoints a slice.
 */
export function pack(groups: readonly PortGroup[], existing: readonly EndpointSlice[], max: number): Packing {
  // It says that there are none, which nothing at all wouldn't.
  const wanted = groups.length > 0 ? groups : [{ ports: [], endpoints: [] }];
  const result: Packing = { create: [], update: [], unchanged: [], remove: [] };
  const unmatched = new Set(existing);
  for (const group of wanted) {
    const slices = [...unmatched].filter((slice) => isDeepStrictEqual(slice.ports ?? [], group.ports));
    for (const slice of slices) unmatched.delete(slice);
    packGroup(group, slices, max, result);
  }
  result.remove.push(...unmatched);
  return result;
}

function packGroup({ ports, endpoints }: PortGroup, slices: readonly EndpointSlice[], max: number, result: Packing): void {
  const [first, ...others] = slices;
  if (endpoints.length === 0) {
    if (!first) result.create.push({ ports, endpoints });
    else if (first.endpoints.length > 0) result.update.push({ slice: first, ports, endpoints });
    else result.unchanged.push(first);
    result.remove.push(...others);
    return;
  }
  const missing = new Map(endpoints.map((endpoint) => [endpoint.targetRef?.uid, endpoint]));
  const kept = slices.map((slice) => ({ slice, ports, endpoints: takeKnown(slice, missing, max) }));
  const fresh = [...missing.values()];
  const changed = kept.filter((entry) => entry.endpoints.length > 0 && !isDeepStrictEqual(entry.endpoints, entry.slice.endpoints));
  const same = kept.filter((entry) => entry.endpoints.length > 0 && !changed.includes(entry));
  result.remove.push(...kept.filter((entry) => entry.endpoints.length === 0).map(({ slice }) => slice));
  for (const entry of changed.toSorted(byFill)) entry.endpoints.push(...fresh.splice(0, max - entry.endpoints.length));
  while (fresh.length >= max) result.create.push({ ports, endpoints: fresh.splice(0, max) });
  const roomy = same.toSorted(byFill).find((entry) => entry.endpoints.length + fresh.length <= max);
  if (fresh.length > 0 && roomy) {
    roomy.endpoints.push(...fresh.splice(0));
    changed.push(roomy);
    same.splice(same.indexOf(roomy), 1);
  }
  if (fresh.length > 0) result.create.push({ ports, endpoints: fresh });
  result.update.push(...changed);
  result.unchanged.push(...same.map(({ slice }) => slice));
}

/** The slice's endpoints that are still wanted, as they are now; they are no longer missing. */
function takeKnown(slice: EndpointSlice, missing: Map<string | undefined, Endpoint>, max: number): Endpoint[] {
  return slice.endpoints.slice(0, max).flatMap(({ targetRef }) => {
    const endpoint = missing.get(targetRef?.uid);
    missing.delete(targetRef?.uid);
    return endpoint ? [endpoint] : [];
  });
}

const byFill = (a: PortGroup, b: PortGroup): number => b.endpoints.length - a.endpoints.length;
