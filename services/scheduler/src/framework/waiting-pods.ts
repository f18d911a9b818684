/** Pods whose placement permit plugins hold until they allow it, as a gang does until all its members have their places. */
import type { Clock } from '@t8s/async';
import type { Verdict } from './framework.ts';
import type { PodInfo } from './pod-info.ts';

/** Upstream's longest wait, in milliseconds. */
const maxWait = 15 * 60_000;

export class WaitingPod {
  readonly info: PodInfo;
  readonly nodeName: string;
  /** Resolves with why the placement is given up, or nothing when all plugins allow it. */
  readonly decided: Promise<Verdict | undefined>;
  readonly #pending: Map<string, () => void>;
  readonly #decide: (verdict: Verdict | undefined) => void;

  constructor({ info, nodeName, waits, clock }: WaitOptions) {
    let decide: (verdict: Verdict | undefined) => void = () => undefined;
    this.info = info;
    this.nodeName = nodeName;
    this.decided = new Promise((resolve) => {
      decide = resolve;
    });
    this.#decide = decide;
    this.#pending = new Map(
      [...waits].map(([plugin, wait]) => {
        const ms = Math.min(wait, maxWait);
        const reason = `rejected due to timeout after waiting ${ms / 1000}s at plugin ${plugin}`;
        return [plugin, clock.after(ms, () => this.reject(plugin, reason))];
      }),
    );
  }

  /** The plugins that have not allowed it yet. */
  get pending(): string[] {
    return [...this.#pending.keys()];
  }

  allow(plugin: string): void {
    this.#pending.get(plugin)?.();
    this.#pending.delete(plugin);
    if (this.#pending.size === 0) this.#decide(undefined);
  }

  /** `plugin`: who says so; empty where that is none of the plugins. */
  reject(plugin: string, reason: string): void {
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
    this.#decide({ plugin, code: 'Unschedulable', reasons: [reason] });
  }
}

export interface WaitOptions {
  info: PodInfo;
  nodeName: string;
  /** How long each plugin waits at most, in milliseconds. */
  waits: ReadonlyMap<string, number>;
  clock: Clock;
}

/** Those of all profiles of a process. */
export class WaitingPods {
  readonly #pods = new Map<string, WaitingPod>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(uid: string): WaitingPod | undefined {
    return this.#pods.get(uid);
  }

  /** Safe against changes while it is walked through. */
  all(): WaitingPod[] {
    return [...this.#pods.values()];
  }

  /** The pods will never be bound: they are given up at once. */
  rejectAll(reason: string): void {
    for (const pod of this.all()) pod.reject('', reason);
  }

  /** Resolves when all plugins have allowed the placement or one has rejected it. */
  async wait(info: PodInfo, nodeName: string, waits: ReadonlyMap<string, number>): Promise<Verdict | undefined> {
    const pod = new WaitingPod({ info, nodeName, waits, clock: this.#clock });
    this.#pods.set(info.uid, pod);
    const verdict = await pod.decided;
    this.#pods.delete(info.uid);
    return verdict;
  }
}
