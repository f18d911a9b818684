/** Finds the node for a pod: filter, score, choose. Synchronous, and without side effects but the place where the next search starts. */
import type { Cache } from '../cache/cache.ts';
import type { FilterPlan, Framework, ScorePlan, Verdict } from '../framework/framework.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { FailedSearch } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { type Diagnosis, FitError } from './fit-error.ts';
import { type PodResults, ResultReuse } from './result-reuse.ts';

export interface PlacementOptions {
  framework: Framework;
  cache: Cache;
  /** How many of a hundred nodes to find before choosing; 0 adapts to the cluster's size, as upstream does. */
  percentageOfNodesToScore?: number;
  random?: () => number;
}

/** One pod's, among nodes by their positions. */
interface Search {
  info: PodInfo;
  plan: FilterPlan;
  results: PodResults;
  /** The node that is being made ready for this pod. */
  own: number | undefined;
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
  /** Of the last search, by position: the nodes that will do, and those that will not, with why. */
  readonly #feasible: number[] = [];
  readonly #rejected: number[] = [];
  readonly #verdicts: Verdict[] = [];
  /** Of the last choice: the scores of one plugin, and their sums. */
  #scores = new Float64Array();
  #totals = new Float64Array();

  constructor({ framework, cache, percentageOfNodesToScore = 0, random = Math.random }: PlacementOptions) {
    this.#framework = framework;
    this.#cache = cache;
    this.#percentage = percentageOfNodesToScore;
    this.#random = random;
  }

  /** The best node of those found. Throws FitError where there is none. */
  find(info: PodInfo): NodeInfo {
    const results = this.#resultsFor(info);
    const { nodes, nodeCount } = this.#cache;
    const { plan } = results;
    if (nodeCount === 0) throw new FitError({ nodeCount, nodes: new Map() });
    if ('verdict' in plan) throw new FitError({ nodeCount, pod: plan.verdict, nodes: new Map() });
    const started = performance.now();
    this.#framework.beforeFilter(plan, this.#cache);
    // Made ready for the pod, this node is most likely the only one.
    const nominated = this.#cache.node(this.#cache.nominationOf(info.uid) ?? '');
    const search = { info, plan, results, own: nominated?.position };
    if (nominated && this.#reject(search, nominated.position) === null) return nominated;
    this.#findFeasible(search);
    this.#framework.took('filter', 'Success', started);
    if (this.#feasible.length > 1) return this.#best(info, results);
    const [only] = this.#feasible;
    if (only !== undefined) return nodes[only] as NodeInfo;
    const verdicts = new Map<NodeInfo, Verdict>();
    for (const [i, position] of this.#rejected.entries()) verdicts.set(nodes[position] as NodeInfo, this.#verdicts[i] as Verdict);
    throw new FitError({ nodeCount, nodes: verdicts, ...(plan.only && { narrowedBy: plan.only.plugins }) });
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
    return this.#reuse.get(signature.text, this.#cache, () => this.#framework.preFilter(info, this.#cache));
  }

  #findFeasible(search: Search): void {
    const only = this.#positionsOf(search.plan);
    const count = only?.length ?? this.#cache.nodeCount;
    const wanted = feasibleNodesToFind(count, this.#percentage);
    const start = this.#start % Math.max(1, count);
    this.#feasible.length = this.#rejected.length = this.#verdicts.length = 0;
    let seen = 0;
    for (; seen < count && this.#feasible.length < wanted; seen++) {
      const place = (start + seen) % count;
      const position = only ? (only[place] as number) : place;
      const verdict = this.#reject(search, position);
      if (verdict) {
        this.#rejected.push(position);
        this.#verdicts.push(verdict);
      } else this.#feasible.push(position);
    }
    if (count > 0) this.#start = (start + seen) % count;
  }

  /** Undefined: all nodes. */
  #positionsOf({ only }: FilterPlan): number[] | undefined {
    return only && [...only.nodes].map((name) => this.#cache.node(name)?.position).filter((position) => position !== undefined);
  }

  /** Null where the node will do. After `beforeFilter`. */
  #reject({ info, plan, results, own }: Search, position: number): Verdict | null {
    // Of pods that are alike each is held up by the others' nominations and not by its own.
    const isShared = position !== own;
    let verdict = isShared ? results.verdicts[position] : undefined;
    if (verdict === undefined) {
      const node = this.#cache.nodes[position] as NodeInfo;
      verdict = this.#filterBesideNominated(info, node, plan, plan.local) ?? null;
      if (isShared) results.verdicts[position] = verdict;
      results.generations[position] = node.generation;
    }
    if (verdict || plan.wide.length === 0) return verdict;
    return this.#filterBesideNominated(info, this.#cache.nodes[position] as NodeInfo, plan, plan.wide) ?? null;
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

  #best(info: PodInfo, results: PodResults): NodeInfo {
    results.scorePlan ??= this.#framework.preScore(info, this.#cache);
    const started = performance.now();
    const totals = this.#totalScores(info, results, results.scorePlan);
    this.#framework.took('score', 'Success', started);
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
    return this.#cache.nodes[this.#feasible[best] as number] as NodeInfo;
  }

  #totalScores(info: PodInfo, { scores: columns }: PodResults, plan: ScorePlan): Float64Array {
    const { nodes } = this.#cache;
    const feasible = this.#feasible;
    const { length } = feasible;
    const { scaled, wide } = plan;
    if (this.#totals.length < length) [this.#totals, this.#scores] = [new Float64Array(nodes.length), new Float64Array(nodes.length)];
    const [totals, scores] = [this.#totals.subarray(0, length), this.#scores.subarray(0, length)];
    const add = ({ plugin, weight }: ScorePlan['wide'][number]): void => {
      plugin.normalize?.(scores);
      for (let i = 0; i < length; i++) totals[i] = (totals[i] as number) + weight * (scores[i] as number);
    };
    if (columns.length === 0) for (let c = 0; c <= scaled.length; c++) columns.push(new Float64Array(nodes.length).fill(Number.NaN));
    const [plain] = columns as [Float64Array, ...Float64Array[]];
    for (let i = 0; i < length; i++) {
      const position = feasible[i] as number;
      if (Number.isNaN(plain[position])) this.#framework.score(info, nodes[position] as NodeInfo, plan, columns);
      totals[i] = plain[position] as number;
    }
    for (const [c, step] of scaled.entries()) {
      const column = columns[c + 1] as Float64Array;
      for (let i = 0; i < length; i++) scores[i] = column[feasible[i] as number] as number;
      add(step);
    }
    if (wide.length === 0) return totals;
    const found = feasible.map((position) => nodes[position] as NodeInfo);
    this.#framework.beforeScore(plan, this.#cache, found);
    for (const step of wide) {
      for (let i = 0; i < length; i++) scores[i] = step.plugin.score?.(info, found[i] as NodeInfo, step.state) ?? 0;
      add(step);
    }
    return totals;
  }
}

/** Upstream's rule: all of up to 100 nodes; of more, a share that falls from 50 % to 5 % as the cluster grows, and at least 100. */
export function feasibleNodesToFind(nodeCount: number, percentage: number): number {
  if (nodeCount < minFeasibleNodes) return nodeCount;
  const share = percentage > 0 ? percentage : Math.max(minPercentage, 50 - Math.floor(nodeCount / 125));
  return share >= 100 ? nodeCount : Math.max(minFeasibleNodes, Math.floor((nodeCount * share) / 100));
}
