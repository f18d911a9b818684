/**
 * Hints of `service.kubernetes.io/topology-mode: Auto`: each zone is to use as many endpoints as its part of the cluster's CPU, those
 * of its own first. https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing/
 */
import type { Endpoint, EndpointSlice, Node } from '@t8s/api';
import { parseQuantity } from '@t8s/meta';
import { type PortGroup, zoneLabel } from './desired.ts';
import type { Packing } from './packing.ts';

/** How much more than its part the endpoints of a zone may have to bear. */
const overload = 0.2;
const excluded = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** Zone and milli-CPU of a node; undefined for one that doesn't count. */
export function zoneCpu({ metadata: { labels = {} }, status }: Node): { zone: string; cpu: number } | undefined {
  const isReady = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  if (!isReady || excluded.some((label) => labels[label] !== undefined)) return undefined;
  return { zone: labels[zoneLabel] ?? '', cpu: parseQuantity(status?.allocatable?.['cpu'] ?? '0').milliValue };
}

/** The part of the CPU that each zone has; undefined where that can't be told, or there is one zone only. */
export function zoneShares(nodes: readonly Node[]): Map<string, number> | undefined {
  const cpus = new Map<string, number>();
  for (const counted of nodes.map(zoneCpu)) {
    if (!counted) continue;
    const { zone, cpu } = counted;
    if (zone === '' || cpu === 0) return undefined;
    cpus.set(zone, (cpus.get(zone) ?? 0) + cpu);
  }
  const total = [...cpus.values()].reduce((sum, cpu) => sum + cpu, 0);
  return cpus.size < 2 ? undefined : new Map([...cpus].map(([zone, cpu]) => [zone, cpu / total]));
}

/** The groups with the hints that their endpoints have already: they are none of their own. */
export function withKnownHints(groups: readonly PortGroup[], existing: readonly EndpointSlice[]): PortGroup[] {
  const known = new Map(existing.flatMap(({ endpoints }) => endpoints.map(({ targetRef, hints }) => [targetRef?.uid, hints])));
  const hinted = (endpoint: Endpoint): Endpoint => {
    const hints = isReady(endpoint) ? known.get(endpoint.targetRef?.uid) : undefined;
    return hints ? { ...endpoint, hints } : endpoint;
  };
  return groups.map(({ ports, endpoints }) => ({ ports, endpoints: endpoints.map(hinted) }));
}

/** The packing with hints on its ready endpoints, more of its slices changed if need be; or why there are none, in upstream's words. */
export function withTopologyHints(packing: Packing, shares: ReadonlyMap<string, number> | undefined): Packing | string {
  if (!shares) return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
  const count = [...packing.create, ...packing.update, ...packing.unchanged].flatMap(({ endpoints }) => endpoints.filter(isReady)).length;
  const zones = allocate(count, shares);
  if (typeof zones === 'string') return `${zones} (${count} endpoints, ${shares.size} zones)`;

  const given = new Map<string, number>();
  const give = (zone: string, by = 1): void => void given.set(zone, (given.get(zone) ?? 0) + by);
  const unchanged = packing.unchanged.filter((slice) => {
    const hints = hintsIn(slice);
    const fits = hints && [...hints].every(([zone, n]) => n + (given.get(zone) ?? 0) <= (zones.get(zone)?.most ?? 0));
    if (fits) for (const [zone, n] of hints) give(zone, n);
    return fits;
  });
  const changed = packing.unchanged.filter((slice) => !unchanged.includes(slice));
  const update = [...packing.update, ...changed.map((slice) => ({ slice, ports: slice.ports ?? [], endpoints: slice.endpoints }))];

  const open = [...packing.create, ...update].flatMap(({ endpoints }) => endpoints.filter(isReady));
  if (open.some(({ zone }) => !zone)) return 'One or more endpoints do not have a zone specified';
  for (const { zone = '' } of open) give(zone);
  const moves = exchange(zones, given);
  const hinted = (endpoint: Endpoint): Endpoint => {
    const { hints: _, zone = '', ...rest } = endpoint;
    if (!isReady(endpoint)) return { ...rest, ...(zone && { zone }) };
    return { ...rest, zone, hints: { forZones: [{ name: moves.get(zone)?.pop() ?? zone }] } };
  };
  return {
    ...packing,
    create: packing.create.map((group) => ({ ...group, endpoints: group.endpoints.map(hinted) })),
    update: update.map((group) => ({ ...group, endpoints: group.endpoints.map(hinted) })),
    unchanged,
  };
}

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready === true;

/** How many hints the slice has for each zone; undefined where a ready endpoint lacks one. */
function hintsIn({ endpoints }: EndpointSlice): Map<string, number> | undefined {
  const hints = new Map<string, number>();
  for (const { hints: { forZones = [] } = {} } of endpoints.filter(isReady)) {
    if (forZones.length === 0) return undefined;
    for (const { name } of forZones) hints.set(name, (hints.get(name) ?? 0) + 1);
  }
  return hints;
}

interface Allocation {
  most: number;
  desired: number;
}

/** How many of `count` endpoints each zone should have; or why it can't be. */
function allocate(count: number, shares: ReadonlyMap<string, number>): Map<string, Allocation> | string {
  if (shares.size > count) return 'Insufficient number of endpoints';
  const zones = [...shares].map(([zone, share]) => ({
    zone,
    desired: share * count,
    least: Math.ceil(share * count * (1 / (1 + overload))),
  }));
  const spare = zones.reduce((left, { least }) => left - least, count);
  if (spare < 0) return 'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold';
  return new Map(zones.map(({ zone, desired, least }) => [zone, { most: least + spare, desired: Math.max(desired, least) }]));
}

/** By zone: the zones that endpoints of it are given to, one each. The zone with most to give gives to the one that lacks most. */
function exchange(zones: ReadonlyMap<string, Allocation>, given: ReadonlyMap<string, number>): Map<string, string[]> {
  const over = [...zones].map(([zone, { desired }]) => ({ zone, by: (given.get(zone) ?? 0) - desired }));
  const moves = new Map<string, string[]>();
  for (;;) {
    over.sort((a, b) => b.by - a.by);
    const [from, to] = [over[0], over.at(-1)];
    if (!from || !to || Math.max(from.by, -to.by) < 1 || Math.min(from.by, -to.by) < 0.5) return moves;
    moves.set(from.zone, [...(moves.get(from.zone) ?? []), to.zone]);
    from.by -= 1;
    to.by += 1;
  }
}
