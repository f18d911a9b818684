/**
 * What nodes and their pods use. Kubelets are asked when somebody wants to know, not otherwise: a node's last reading is kept for a
 * while and the next one compared with it, so that those who ask now and again (autoscalers) wait for nothing.
 */
import { type Clock, sleep } from '@t8s/async';
import { type NodeReading, parseReading, type Usage, usageBetween } from './readings.ts';

export interface NodeUsageOptions {
  /** The text of a kubelet's /metrics/resource. Rejects where it cannot be had. */
  read(node: string): Promise<string>;
  clock: Clock;
}

/** Milliseconds. Younger readings answer as they are (metrics-server's resolution). */
const freshMs = 15_000;
/** The first to ask after a long time wait for so much to compare. */
const firstWindowMs = 2000;
/** Readings further apart say little of now. */
const longestWindowMs = 5 * 60_000;

interface Readings {
  older: NodeReading;
  newer: NodeReading;
  /** By our clock: what nodes call now may be far from it. */
  readAt: number;
}

export class NodeUsage {
  readonly #options: NodeUsageOptions;
  readonly #known = new Map<string, Readings>();
  readonly #asking = new Map<string, Promise<Readings>>();

  constructor(options: NodeUsageOptions) {
    this.#options = options;
  }

  async node(name: string): Promise<Usage | undefined> {
    const { older, newer } = await this.#readings(name);
    return usageBetween(older.node, newer.node);
  }

  /** By container; undefined where one of them has not been measured yet. `pod` is `namespace/name`. */
  async pod(node: string, pod: string): Promise<Map<string, Usage> | undefined> {
    const { older, newer } = await this.#readings(node);
    const containers = newer.pods.get(pod);
    if (!containers) return undefined;
    const usages = new Map<string, Usage>();
    for (const [container, reading] of containers) {
      const usage = usageBetween(older.pods.get(pod)?.get(container), reading);
      if (!usage) return undefined;
      usages.set(container, usage);
    }
    return usages;
  }

  /** All who ask at the same time get the same. */
  #readings(node: string): Promise<Readings> {
    const known = this.#known.get(node);
    if (known && this.#age(known) < freshMs) return Promise.resolve(known);
    const pending = this.#asking.get(node) ?? this.#ask(node, known?.newer).finally(() => this.#asking.delete(node));
    this.#asking.set(node, pending);
    return pending;
  }

  #age({ readAt }: Readings): number {
    return this.#options.clock.now() - readAt;
  }

  async #ask(node: string, last: NodeReading | undefined): Promise<Readings> {
    const { read, clock } = this.#options;
    let older = last;
    let newer = parseReading(await read(node));
    if (!older || newer.node.at - older.node.at > longestWindowMs) {
      older = newer;
      await sleep(firstWindowMs, { clock });
      newer = parseReading(await read(node));
    }
    const readings = { older, newer, readAt: clock.now() };
    this.#forgetOld();
    // The last to be read comes last.
    this.#known.delete(node);
    this.#known.set(node, readings);
    return readings;
  }

  /** Of nodes that are gone, or that nobody asks about. */
  #forgetOld(): void {
    for (const [name, readings] of this.#known) {
      if (this.#age(readings) <= longestWindowMs) return;
      this.#known.delete(name);
    }
  }
}
