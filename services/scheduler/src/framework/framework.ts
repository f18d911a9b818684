/** Runs the plugins of a profile, point by point, in the profile's order. */
import type { NodeInfo } from './node-info.ts';
import type { ClusterView, Plugin, QueueOrder, Rejection } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';

export interface ProfileEntry {
  plugin: Plugin;
  /** Of its score; 1 unless said. */
  weight?: number;
}

/** A rejection and who made it. */
export interface Verdict extends Rejection {
  plugin: string;
}

/** What preFilter left for the filters of one pod. */
export interface FilterPlan {
  filters: readonly { plugin: Plugin; state: unknown }[];
  /** The only nodes to look at, and the plugins that said so. */
  only?: { nodes: ReadonlySet<string>; plugins: readonly string[] };
}

/** What preScore left for the scores of one pod. */
export type ScorePlan = readonly { plugin: Plugin; weight: number; state: unknown }[];

export class Framework {
  readonly #plugins: readonly Plugin[];
  readonly #weights: ReadonlyMap<string, number>;
  readonly #filterers: readonly Plugin[];
  readonly #scorers: readonly Plugin[];
  readonly #signers: readonly Plugin[];
  readonly #sort: Plugin;

  /** Throws where the profile is not complete: one queue sort, at least one bind, a sign beside each filter and score. */
  constructor(profile: readonly ProfileEntry[]) {
    this.#plugins = profile.map(({ plugin }) => plugin);
    this.#weights = new Map(profile.map(({ plugin, weight = 1 }) => [plugin.name, weight]));
    this.#filterers = this.#plugins.filter((plugin) => plugin.preFilter || plugin.filter);
    this.#scorers = this.#plugins.filter((plugin) => plugin.score);
    this.#signers = this.#plugins.filter((plugin) => plugin.sign);
    const sorts = this.#plugins.filter((plugin) => plugin.less);
    if (sorts.length !== 1 || !sorts[0]) throw new Error(`a profile needs one plugin that sorts the queue, not ${sorts.length}`);
    this.#sort = sorts[0];
    if (!this.#plugins.some((plugin) => plugin.bind)) throw new Error('a profile needs a plugin that binds');
    const unsigned = [...this.#filterers, ...this.#scorers].find((plugin) => !plugin.sign);
    if (unsigned) throw new Error(`plugin ${unsigned.name} filters or scores but has no sign`);
  }

  less(a: QueueOrder, b: QueueOrder): boolean {
    return this.#sort.less?.(a, b) ?? false;
  }

  /** Equal for pods that every plugin treats alike. */
  signatureOf(pod: PodInfo): string {
    return JSON.stringify(this.#signers.map((plugin) => plugin.sign?.(pod)));
  }

  /** The first plugin that keeps the pod out of the queue. */
  gate(pod: PodInfo): Verdict | undefined {
    return firstVerdict(this.#plugins, (plugin) => plugin.preEnqueue?.(pod));
  }

  preFilter(pod: PodInfo): FilterPlan | { verdict: Verdict } {
    const filters: { plugin: Plugin; state: unknown }[] = [];
    let only: FilterPlan['only'];
    for (const plugin of this.#filterers) {
      const result = plugin.preFilter?.(pod) ?? { state: undefined };
      if ('rejection' in result) return { verdict: { ...result.rejection, plugin: plugin.name } };
      if ('skip' in result) continue;
      if (plugin.filter) filters.push({ plugin, state: result.state });
      if (result.nodes) only = narrow(only, result.nodes, plugin.name);
    }
    return { filters, ...(only && { only }) };
  }

  /** The verdict of the first filter that rejects the node, as upstream stops there too. */
  filter(pod: PodInfo, node: NodeInfo, { filters }: FilterPlan): Verdict | undefined {
    for (const { plugin, state } of filters) {
      const rejection = plugin.filter?.(pod, node, state);
      if (rejection) return { code: rejection.code, reasons: rejection.reasons, plugin: plugin.name };
    }
    return undefined;
  }

  preScore(pod: PodInfo, cluster: ClusterView): ScorePlan {
    return this.#scorers.flatMap((plugin) => {
      const result = plugin.preScore?.(pod, cluster) ?? { state: undefined };
      return 'skip' in result ? [] : [{ plugin, weight: this.#weights.get(plugin.name) ?? 1, state: result.state }];
    });
  }

  /** Scores before normalising, in the plan's order. */
  score(pod: PodInfo, node: NodeInfo, plan: ScorePlan): number[] {
    return plan.map(({ plugin, state }) => plugin.score?.(pod, node, state) ?? 0);
  }

  /** Runs all; when one rejects, those that ran give back in reverse order. */
  reserve(pod: PodInfo, nodeName: string): Verdict | undefined {
    const verdict = firstVerdict(this.#plugins, (plugin) => plugin.reserve?.(pod, nodeName));
    if (verdict) this.unreserve(pod, nodeName);
    return verdict;
  }

  unreserve(pod: PodInfo, nodeName: string): void {
    for (const plugin of [...this.#plugins].reverse()) plugin.unreserve?.(pod, nodeName);
  }

  async bind(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<void> {
    for (const plugin of this.#plugins) await plugin.preBind?.(pod, nodeName, signal);
    const binder = this.#plugins.find((plugin) => plugin.bind);
    await binder?.bind?.(pod, nodeName, signal);
  }
}

function firstVerdict(plugins: readonly Plugin[], ask: (plugin: Plugin) => Rejection | undefined): Verdict | undefined {
  for (const plugin of plugins) {
    const rejection = ask(plugin);
    if (rejection) return { ...rejection, plugin: plugin.name };
  }
  return undefined;
}

function narrow(only: FilterPlan['only'], nodes: ReadonlySet<string>, plugin: string): FilterPlan['only'] {
  if (!only) return { nodes, plugins: [plugin] };
  return { nodes: new Set([...only.nodes].filter((name) => nodes.has(name))), plugins: [...only.plugins, plugin] };
}
