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

interface Step {
  plugin: Plugin;
  state: unknown;
}

interface ScoreStep extends Step {
  weight: number;
}

/** What preFilter left for the filters of the pods with one signature. */
export interface FilterPlan {
  /** Those that look at one node alone, and those that look at others too. */
  local: readonly Step[];
  wide: readonly Step[];
  /** The only nodes to look at, and the plugins that said so. */
  only?: { nodes: ReadonlySet<string>; plugins: readonly string[] };
}

/** What preScore left for the scores of the pods with one signature. */
export interface ScorePlan {
  local: readonly ScoreStep[];
  wide: readonly ScoreStep[];
}

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
  signatureOf(pod: PodInfo, cluster: ClusterView): string {
    return JSON.stringify(this.#signers.map((plugin) => plugin.sign?.(pod, cluster)));
  }

  /** The first plugin that keeps the pod out of the queue. */
  gate(pod: PodInfo): Verdict | undefined {
    return firstVerdict(this.#plugins, (plugin) => plugin.preEnqueue?.(pod));
  }

  preFilter(pod: PodInfo, cluster: ClusterView): FilterPlan | { verdict: Verdict } {
    const local: Step[] = [];
    const wide: Step[] = [];
    let only: FilterPlan['only'];
    for (const plugin of this.#filterers) {
      const result = plugin.preFilter?.(pod, cluster) ?? { state: undefined };
      if ('rejection' in result) return { verdict: { ...result.rejection, plugin: plugin.name } };
      if ('skip' in result) continue;
      if (plugin.filter) (plugin.beforeFilter ? wide : local).push({ plugin, state: result.state });
      if (result.nodes) only = narrow(only, result.nodes, plugin.name);
    }
    return { local, wide, ...(only && { only }) };
  }

  /** To be called before the wide filters of a search. */
  beforeFilter({ wide }: FilterPlan, cluster: ClusterView): void {
    for (const { plugin, state } of wide) plugin.beforeFilter?.(state, cluster);
  }

  /** The verdict of the first filter that rejects the node, as upstream stops there too. */
  filter(pod: PodInfo, node: NodeInfo, steps: readonly Step[]): Verdict | undefined {
    for (const { plugin, state } of steps) {
      const rejection = plugin.filter?.(pod, node, state);
      if (rejection) return { code: rejection.code, reasons: rejection.reasons, plugin: plugin.name };
    }
    return undefined;
  }

  preScore(pod: PodInfo, cluster: ClusterView): ScorePlan {
    const steps = this.#scorers.flatMap((plugin): ScoreStep[] => {
      const result = plugin.preScore?.(pod, cluster) ?? { state: undefined };
      return 'skip' in result ? [] : [{ plugin, weight: this.#weights.get(plugin.name) ?? 1, state: result.state }];
    });
    return { local: steps.filter(({ plugin }) => !plugin.beforeScore), wide: steps.filter(({ plugin }) => plugin.beforeScore) };
  }

  /** To be called before the wide scores of a choice. */
  beforeScore({ wide }: ScorePlan, cluster: ClusterView, feasible: readonly NodeInfo[]): void {
    for (const { plugin, state } of wide) plugin.beforeScore?.(state, cluster, feasible);
  }

  /** Scores before normalising, in the order of the steps. */
  score(pod: PodInfo, node: NodeInfo, steps: readonly Step[]): number[] {
    return steps.map(({ plugin, state }) => plugin.score?.(pod, node, state) ?? 0);
  }

  /** Whether a change away from the nodes that reject the pod may make one of them take it. */
  mayHelp(waiting: PodInfo, changed: PodInfo | undefined): boolean {
    return this.#filterers.some((plugin) => plugin.mayHelp?.(waiting, changed));
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
