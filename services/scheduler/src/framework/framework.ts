/** Runs the plugins of a profile, point by point, in the profile's order. */
import type { ClusterEvent, Hints } from './cluster-event.ts';
import type { NodeInfo } from './node-info.ts';
import type { ClusterView, FailedSearch, Plugin, PostFilterResult, QueueOrder, Rejection } from './plugin.ts';
import { PluginFault } from './plugin-fault.ts';
import type { PodInfo } from './pod-info.ts';
import type { Point, Profile } from './profile.ts';
import type { WaitingPods } from './waiting-pods.ts';

/** A rejection and who made it. */
export interface Verdict extends Rejection {
  plugin: string;
}

interface Step {
  plugin: Plugin;
  state: unknown;
  /** What it said last: it rejects most nodes in the same words. */
  last?: { rejection: Rejection; verdict: Verdict };
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
  /** Those that look at one node alone, without and with a normalize, and those that look at others too. */
  plain: readonly ScoreStep[];
  scaled: readonly ScoreStep[];
  wide: readonly ScoreStep[];
}

export interface FrameworkOptions {
  profile: Profile;
  waiting: WaitingPods;
  /** Told how long a point took, in milliseconds. */
  observe?(point: Point, status: string, ms: number): void;
}

export class Framework {
  readonly name: string;
  readonly #at: Profile['plugins'];
  readonly #weights: Profile['weights'];
  /** Those with preFilter or filter, and those that filter. */
  readonly #filterers: readonly Plugin[];
  readonly #filters: ReadonlySet<Plugin>;
  readonly #signers: readonly Plugin[];
  readonly #reservers: readonly Plugin[];
  readonly #sort: Plugin;
  readonly #hints: ReadonlyMap<string, Hints | undefined>;
  readonly #waiting: WaitingPods;
  readonly #observe: FrameworkOptions['observe'];

  /** Throws where the profile is not complete: one queue sort, at least one bind, a sign beside each filter and score. */
  constructor({ profile, waiting, observe }: FrameworkOptions) {
    const at = profile.plugins;
    this.name = profile.schedulerName;
    this.#at = at;
    this.#weights = profile.weights;
    this.#waiting = waiting;
    this.#observe = observe;
    this.#filterers = [...new Set([...at.filter, ...at.preFilter])];
    this.#filters = new Set(at.filter);
    this.#reservers = [...at.reserve].reverse();
    this.#signers = [...new Set([...this.#filterers, ...at.score])];
    this.#hints = new Map([...at.preEnqueue, ...this.#filterers, ...at.reserve, ...at.permit, ...at.preBind].map((p) => [p.name, p.hints]));
    const [sort, ...more] = at.queueSort;
    if (!sort || more.length > 0) throw new Error(`a profile needs one plugin that sorts the queue, not ${at.queueSort.length}`);
    this.#sort = sort;
    if (at.bind.length === 0) throw new Error('a profile needs a plugin that binds');
    const unsigned = this.#signers.find((plugin) => !plugin.sign);
    if (unsigned) throw new Error(`plugin ${unsigned.name} filters or scores but has no sign`);
  }

  less(a: QueueOrder, b: QueueOrder): boolean {
    return this.#sort.less?.(a, b) ?? false;
  }

  /** Equal for pods of one priority that every plugin treats alike. */
  signatureOf(pod: PodInfo, cluster: ClusterView): string {
    return JSON.stringify([pod.priority, ...this.#signers.map((plugin) => plugin.sign?.(pod, cluster))]);
  }

  /** The first plugin that keeps the pod out of the queue. */
  gate(pod: PodInfo): Verdict | undefined {
    return firstVerdict(this.#at.preEnqueue, (plugin) => plugin.preEnqueue?.(pod));
  }

  /** Whether an event may turn a plugin's rejection of the pod into consent. */
  isHelped(waiting: PodInfo, plugin: string, { resource, now, old }: ClusterEvent): boolean {
    const hints = this.#hints.get(plugin);
    if (!hints) return true;
    // The event's resource and objects belong together, which the compiler cannot follow through the lookup.
    const hint = hints[resource] as ((waiting: PodInfo, change: { now?: unknown; old?: unknown }) => boolean) | undefined;
    return hint?.(waiting, { now, old }) ?? false;
  }

  preFilter(pod: PodInfo, cluster: ClusterView): FilterPlan | { verdict: Verdict } {
    const started = performance.now();
    const local: Step[] = [];
    const wide: Step[] = [];
    let only: FilterPlan['only'];
    for (const plugin of this.#filterers) {
      const result = plugin.preFilter?.(pod, cluster) ?? { state: undefined };
      if ('rejection' in result) {
        this.took('preFilter', result.rejection.code, started);
        return { verdict: { ...result.rejection, plugin: plugin.name } };
      }
      if ('skip' in result) continue;
      if (this.#filters.has(plugin)) (plugin.beforeFilter ? wide : local).push({ plugin, state: result.state });
      if (result.nodes) only = narrow(only, result.nodes, plugin.name);
    }
    this.took('preFilter', 'Success', started);
    return { local, wide, ...(only && { only }) };
  }

  /** To be called before the wide filters of a search. */
  beforeFilter({ wide }: FilterPlan, cluster: ClusterView): void {
    for (const { plugin, state } of wide) plugin.beforeFilter?.(state, cluster);
  }

  /** The verdict of the first filter that rejects the node, as upstream stops there too. */
  filter(pod: PodInfo, node: NodeInfo, steps: readonly Step[]): Verdict | undefined {
    for (const step of steps) {
      const { plugin, state, last } = step;
      const rejection = plugin.filter?.(pod, node, state);
      if (!rejection) continue;
      if (last?.rejection === rejection) return last.verdict;
      const verdict = { ...rejection, plugin: plugin.name };
      step.last = { rejection, verdict };
      return verdict;
    }
    return undefined;
  }

  /** A nomination, or what all plugins say of why there is none. */
  postFilter(pod: PodInfo, search: FailedSearch): PostFilterResult {
    const started = performance.now();
    const messages: string[] = [];
    let isWithdrawn = false;
    for (const plugin of this.#at.postFilter) {
      const { nominate, message, isLast } = plugin.postFilter?.(pod, search) ?? {};
      if (nominate) {
        this.took('postFilter', 'Success', started);
        return { nominate };
      }
      if (nominate === '') isWithdrawn = true;
      if (message !== undefined) messages.push(message);
      if (isLast) break;
    }
    this.took('postFilter', 'Unschedulable', started);
    return { ...(isWithdrawn && { nominate: '' }), ...(messages.length > 0 && { message: messages.join(', ') }) };
  }

  preScore(pod: PodInfo, cluster: ClusterView): ScorePlan {
    const started = performance.now();
    const steps = this.#at.score.flatMap((plugin): ScoreStep[] => {
      const result = plugin.preScore?.(pod, cluster) ?? { state: undefined };
      return 'skip' in result ? [] : [{ plugin, weight: this.#weights.get(plugin.name) ?? 1, state: result.state }];
    });
    this.took('preScore', 'Success', started);
    const local = steps.filter(({ plugin }) => !plugin.beforeScore);
    return {
      plain: local.filter(({ plugin }) => !plugin.normalize),
      scaled: local.filter(({ plugin }) => plugin.normalize),
      wide: steps.filter(({ plugin }) => plugin.beforeScore),
    };
  }

  /** To be called before the wide scores of a choice. */
  beforeScore({ wide }: ScorePlan, cluster: ClusterView, feasible: readonly NodeInfo[]): void {
    for (const { plugin, state } of wide) plugin.beforeScore?.(state, cluster, feasible);
  }

  /** Into columns, at the node's position: the sum of the plain scores by their weights, and each scaled one before it is normalised. */
  score(pod: PodInfo, node: NodeInfo, { plain, scaled }: ScorePlan, columns: readonly Float64Array[]): void {
    const steps = [plain.reduce((sum, { plugin, state, weight }) => sum + weight * (plugin.score?.(pod, node, state) ?? 0), 0)];
    for (const { plugin, state } of scaled) steps.push(plugin.score?.(pod, node, state) ?? 0);
    for (const [c, column] of columns.entries()) column[node.position] = steps[c] ?? 0;
  }

  /** Runs all; when one rejects, everything is given back in reverse order. */
  reserve(pod: PodInfo, nodeName: string): Verdict | undefined {
    const started = performance.now();
    const verdict = firstVerdict(this.#at.reserve, (plugin) => plugin.reserve?.(pod, nodeName));
    this.took('reserve', verdict?.code ?? 'Success', started);
    if (verdict) this.unreserve(pod, nodeName);
    return verdict;
  }

  unreserve(pod: PodInfo, nodeName: string): void {
    for (const plugin of this.#reservers) plugin.unreserve?.(pod, nodeName);
  }

  /** The first rejection, or how long each plugin wants to wait; nothing when none does. */
  permit(pod: PodInfo, nodeName: string): { verdict: Verdict } | { waits: ReadonlyMap<string, number> } | undefined {
    if (this.#at.permit.length === 0) return undefined;
    const started = performance.now();
    const waits = new Map<string, number>();
    for (const plugin of this.#at.permit) {
      const result = plugin.permit?.(pod, nodeName);
      if (!result) continue;
      if ('rejection' in result) {
        this.took('permit', result.rejection.code, started);
        return { verdict: { ...result.rejection, plugin: plugin.name } };
      }
      waits.set(plugin.name, result.wait);
    }
    this.took('permit', waits.size > 0 ? 'Wait' : 'Success', started);
    return waits.size > 0 ? { waits } : undefined;
  }

  /** Resolves when those who wanted to wait allow the placement, or with why it is given up. */
  waitOnPermit(pod: PodInfo, nodeName: string, waits: ReadonlyMap<string, number>): Promise<Verdict | undefined> {
    return this.#waiting.wait(pod, nodeName, waits);
  }

  async preBind(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<Verdict | undefined> {
    const started = performance.now();
    for (const plugin of this.#at.preBind) {
      const rejection = await this.#running('preBind', plugin, () => plugin.preBind?.(pod, nodeName, signal));
      if (!rejection) continue;
      this.took('preBind', rejection.code, started);
      return { ...rejection, plugin: plugin.name };
    }
    this.took('preBind', 'Success', started);
    return undefined;
  }

  async bind(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const [plugin] = this.#at.bind;
    if (plugin) await this.#running('bind', plugin, () => plugin.bind?.(pod, nodeName, signal));
    this.took('bind', 'Success', started);
  }

  postBind(pod: PodInfo, nodeName: string): void {
    for (const plugin of this.#at.postBind) plugin.postBind?.(pod, nodeName);
  }

  /** Throws PluginFault where the plugin throws. */
  async #running<T>(point: Point, { name }: Plugin, run: () => Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      throw new PluginFault(point, name, error);
    }
  }

  /** `started`: by performance.now(). */
  took(point: Point, status: string, started: number): void {
    this.#observe?.(point, status, performance.now() - started);
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
