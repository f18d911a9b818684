/** Finds the node for a pod: filter, score, choose. Synchronous, and without side effects but the place where the next search starts. */
import type { Cache } from '../cache/cache.ts';
import type { FilterPlan, Framework, ScorePlan, Verdict } from '../framework/framework.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { FailedSearch } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { type Diagnosis, FitError } from './fit-error.ts';
import { type NodeResult, type PodResults, ResultReuse } from './result-reuse.ts';

export interface PlacementOptions {
  framework: Framework;
  cache: Cache;
  /** How many of a hundred nodes to find before choosing; 0 adapts to the cluster's size, as upstream does. */
  percentageOfNodesToScore?: number;
  random?: () => number;
}

/** In clusters smaller than this all nodes are looked at, and never fewer are sought. */
const minFeasibleNodes = 100;
const minPercentage = 5;

export class Placement {
  readonly #framework: Framework;
  readonly #cache: Cache;
  readonly #percentage: number;
  readonly #random: () => number;
  readonly #reuse = new ResultReuse();
  readonly #signatures = new WeakMap<PodInfo, { text: string; revision: number }>();
  /** Searches go round, so that all nodes get their turn although each stops early. */
  #start = 0;
  /** Of the last search: the nodes that will not do, and why. */
  readonly #rejected: NodeInfo[] = [];
  readonly #verdicts: Verdict[] = [];
  /** Scores of the last choice, in memory that the next one takes. */
  #columns: Float64Array[] = [];

  constructor({ framework, cache, percentageOfNodesToScore = 0, random = Math.random }: PlacementOptions) {
    this.#framework = framework;
    this.#cache = cache;
    this.#percentage = percentageOfNodesToScore;
    this.#random = random;
  }

  /** The best node of those found. Throws FitError where there is none. */
  find(info: PodInfo): NodeInfo {
    const results = this.#resultsFor(info);
    const { nodeCount } = this.#cache;
    const { plan } = results;
    if (nodeCount === 0) throw new FitError({ nodeCount, nodes: new Map() });
    if ('verdict' in plan) throw new FitError({ nodeCount, pod: plan.verdict, nodes: new Map() });
    this.#framework.beforeFilter(plan, this.#cache);
    // Made ready for the pod, this node is most likely the only one.
    const nominated = this.#cache.node(this.#cache.nominationOf(info.uid) ?? '');
    if (nominated && this.#reject(info, nominated, plan, results) === undefined) return nominated;
    const feasible = this.#findFeasible(info, plan, results);
    if (feasible.length === 0) {
      const nodes = new Map<NodeInfo, Verdict>();
      for (const [i, node] of this.#rejected.entries()) nodes.set(node, this.#verdicts[i] as Verdict);
      throw new FitError({ nodeCount, nodes, ...(plan.only && { narrowedBy: plan.only.plugins }) });
    }
    return feasible.length === 1 ? (feasible[0] as NodeInfo) : this.#best(info, feasible, results);
  }

  /** What postFilter plugins may ask about a search that found no node. */
  failedSearch(info: PodInfo, { pod, nodes }: Diagnosis): FailedSearch {
    const { plan } = this.#resultsFor(info);
    return {
      ...(pod && { pod }),
      verdictOf: (node) => nodes.get(node) ?? pod,
      reject: (node) => {
        if ('verdict' in plan) return plan.verdict;
        this.#framework.beforeFilter(plan, this.#cache);
        return this.#filterBesideNominated(info, node, plan, [...plan.local, ...plan.wide]);
      },
    };
  }

  #resultsFor(info: PodInfo): PodResults {
    const { revision } = this.#cache;
    let signature = this.#signatures.get(info);
    if (signature?.revision !== revision) {
      signature = { text: this.#framework.signatureOf(info, this.#cache), revision };
      this.#signatures.set(info, signature);
    }
    return this.#reuse.get(signature.text, this.#cache.epoch, () => this.#framework.preFilter(info, this.#cache));
  }

  #findFeasible(info: PodInfo, plan: FilterPlan, results: PodResults): readonly NodeInfo[] {
    const candidates = this.#candidates(plan);
    const wanted = feasibleNodesToFind(candidates.length, this.#percentage);
    const start = this.#start % Math.max(1, candidates.length);
    const feasible: NodeInfo[] = [];
    this.#rejected.length = this.#verdicts.length = 0;
    let seen = 0;
    for (; seen < candidates.length && feasible.length < wanted; seen++) {
      const node = candidates[(start + seen) % candidates.length] as NodeInfo;
      const verdict = this.#reject(info, node, plan, results);
      if (verdict) {
        this.#rejected.push(node);
        this.#verdicts.push(verdict);
      } else feasible.push(node);
    }
    if (candidates.length > 0) this.#start = (start + seen) % candidates.length;
    return feasible;
  }

  #candidates(plan: FilterPlan): readonly NodeInfo[] {
    if (!plan.only) return this.#cache.nodes;
    return [...plan.only.nodes].map((name) => this.#cache.node(name)).filter((node) => node !== undefined);
  }

  /** After `beforeFilter`. */
  #reject(info: PodInfo, node: NodeInfo, plan: FilterPlan, results: PodResults): Verdict | undefined {
    const { verdict } = this.#evaluate(info, node, plan, results);
    if (verdict || plan.wide.length === 0) return verdict;
    return this.#filterBesideNominated(info, node, plan, plan.wide);
  }

  /** What the node alone decides. */
  #evaluate(info: PodInfo, node: NodeInfo, plan: FilterPlan, { nodes }: PodResults): NodeResult {
    // Of pods that are alike each is held up by the others' nominations and not by its own.
    const isShared = node.nominated.size === 0 || !node.nominated.has(info.uid);
    const known = nodes[node.position];
    if (isShared && known?.generation === node.generation) return known;
    const verdict = this.#filterBesideNominated(info, node, plan, plan.local);
    const result = { generation: node.generation, verdict, scores: undefined };
    nodes[node.position] = isShared ? result : undefined;
    return result;
  }

  /** The pod must fit beside those nominated to the node, of no lower priority, and without them: they may go elsewhere yet. */
  #filterBesideNominated(info: PodInfo, node: NodeInfo, plan: FilterPlan, steps: FilterPlan['local']): Verdict | undefined {
    if (node.nominated.size === 0) return this.#framework.filter(info, node, steps);
    const others = [...node.nominated.values()].filter(({ uid, priority }) => uid !== info.uid && priority >= info.priority);
    if (others.length > 0) {
      const verdict = this.#cache.trial(node, ({ add }) => {
        for (const other of others) add(other);
        this.#framework.beforeFilter(plan, this.#cache);
        return this.#framework.filter(info, node, steps);
      });
      this.#framework.beforeFilter(plan, this.#cache);
      if (verdict) return verdict;
    }
    return this.#framework.filter(info, node, steps);
  }

  #best(info: PodInfo, feasible: readonly NodeInfo[], results: PodResults): NodeInfo {
    results.scorePlan ??= this.#framework.preScore(info, this.#cache);
    const totals = this.#totalScores(info, feasible, results.scorePlan, results.nodes);
    let best = 0;
    let ties = 1;
    for (let i = 1; i < totals.length; i++) {
      const difference = (totals[i] as number) - (totals[best] as number);
      if (difference > 0) {
        best = i;
        ties = 1;
      } else if (difference === 0) {
        ties += 1;
        if (this.#random() * ties < 1) best = i;
      }
    }
    return feasible[best] as NodeInfo;
  }

  #totalScores(info: PodInfo, feasible: readonly NodeInfo[], plan: ScorePlan, known: PodResults['nodes']): Float64Array {
    this.#framework.beforeScore(plan, this.#cache, feasible);
    const { scaled, wide } = plan;
    const columns = this.#columnsFor(feasible.length, 1 + scaled.length + wide.length);
    feasible.forEach((node, i) => {
      const result = known[node.position];
      const scores = result?.scores ?? this.#framework.score(info, node, plan);
      if (result) result.scores = scores;
      for (let c = 0; c < scores.length; c++) (columns[c] as Float64Array)[i] = scores[c] as number;
      for (let w = 0; w < wide.length; w++) {
        const { plugin, state } = wide[w] as ScorePlan['wide'][number];
        (columns[scores.length + w] as Float64Array)[i] = plugin.score?.(info, node, state) ?? 0;
      }
    });
    const [totals = new Float64Array(), ...rest] = columns;
    [...scaled, ...wide].forEach(({ plugin, weight }, c) => {
      const scores = rest[c] as Float64Array;
      plugin.normalize?.(scores);
      for (let i = 0; i < totals.length; i++) totals[i] = (totals[i] as number) + weight * (scores[i] as number);
    });
    return totals;
  }

  #columnsFor(length: number, count: number): Float64Array[] {
    const known = this.#columns[0]?.length ?? 0;
    if (this.#columns.length < count || known < length)
      this.#columns = Array.from({ length: Math.max(this.#columns.length, count) }, () => new Float64Array(Math.max(known, length)));
    return this.#columns.slice(0, count).map((column) => column.subarray(0, length));
  }
}

/** Upstream's rule: all of up to 100 nodes; of more, a share that falls from 50 % to 5 % as the cluster grows, and at least 100. */
export function feasibleNodesToFind(nodeCount: number, percentage: number): number {
  if (nodeCount < minFeasibleNodes) return nodeCount;
  const share = percentage > 0 ? percentage : Math.max(minPercentage, 50 - Math.floor(nodeCount / 125));
  return share >= 100 ? nodeCount : Math.max(minFeasibleNodes, Math.floor((nodeCount * share) / 100));
}
