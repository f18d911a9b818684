/**
 * How fast the nodes of a zone may be given up: the sicker a zone, the likelier it is the network and not the nodes.
 * https://kubernetes.io/docs/concepts/architecture/nodes/#rate-limits-on-eviction
 */
import type { Node } from '@t8s/api';
import type { Clock } from '@t8s/async';
import { TokenBucket } from '@t8s/workqueue';
import { readyStatus } from './taints.ts';

export interface EvictionRates {
  /** Nodes a second in a healthy zone, and in a large one where many nodes are down. */
  evictionRate: number;
  secondaryEvictionRate: number;
  /** The part of a zone's nodes that are not ready (three at least) from which on it is disrupted. */
  unhealthyZoneThreshold: number;
  /** A disrupted zone with no more nodes than this gives up none. */
  largeClusterSizeThreshold: number;
}

/** Nodes with this label don't count when a zone's health is judged. */
const excluded = 'node.kubernetes.io/exclude-disruption';

/** Region and zone of a node, by the labels of today or those of old. */
export function zoneOf({ metadata: { labels = {} } }: Node): string {
  const [region, zone] = ['region', 'zone'].map(
    (part) => labels[`topology.kubernetes.io/${part}`] ?? labels[`failure-domain.beta.kubernetes.io/${part}`] ?? '',
  );
  return `${region}/${zone}`;
}

/** Nodes a second that may be given up in a zone with so many ready and other nodes. */
export function evictionRate(ready: number, notReady: number, rates: EvictionRates): number {
  const isDisrupted = ready > 0 && notReady > 2 && notReady / (ready + notReady) >= rates.unhealthyZoneThreshold;
  if (!isDisrupted) return rates.evictionRate;
  return ready + notReady > rates.largeClusterSizeThreshold ? rates.secondaryEvictionRate : 0;
}

export class EvictionZones {
  readonly #rates: EvictionRates;
  readonly #clock: Clock;
  readonly #limits = new Map<string, { rate: number; bucket: TokenBucket }>();
  /** No node of the cluster is ready: then it is this side that is cut off, and none is given up. */
  stopped = false;

  constructor(rates: EvictionRates, clock: Clock) {
    this.#rates = rates;
    this.#clock = clock;
  }

  /** Takes in how all nodes are now. True when `stopped` is another than before. */
  assess(nodes: readonly Node[]): boolean {
    const zones = new Map<string, { ready: number; notReady: number }>();
    for (const node of nodes) {
      if (node.metadata.labels?.[excluded] !== undefined) continue;
      const zone = zones.get(zoneOf(node)) ?? { ready: 0, notReady: 0 };
      zone[readyStatus(node) === 'True' ? 'ready' : 'notReady'] += 1;
      zones.set(zoneOf(node), zone);
    }
    for (const name of this.#limits.keys()) if (!zones.has(name)) this.#limits.delete(name);
    for (const [name, { ready, notReady }] of zones) this.#limit(name, evictionRate(ready, notReady, this.#rates));
    const before = this.stopped;
    this.stopped = zones.size > 0 && [...zones.values()].every(({ ready }) => ready === 0);
    return this.stopped !== before;
  }

  /** Milliseconds until a node of the zone may be given up; Infinity as long as things are as they are. */
  wait(zone: string): number {
    if (this.stopped) return Infinity;
    return (this.#limits.get(zone) ?? this.#limit(zone, this.#rates.evictionRate)).bucket.wait;
  }

  /** A node of the zone was given up. */
  spend(zone: string): void {
    this.#limits.get(zone)?.bucket.tryTake();
  }

  #limit(zone: string, rate: number): { rate: number; bucket: TokenBucket } {
    const old = this.#limits.get(zone);
    if (old?.rate === rate) return old;
    const limit = { rate, bucket: new TokenBucket({ rate, burst: 1, clock: this.#clock }) };
    // A zone that just gave up a node, or that may give up none, begins to wait anew.
    if (rate === 0 || (old && old.bucket.wait > 0)) limit.bucket.tryTake();
    this.#limits.set(zone, limit);
    return limit;
  }
}
