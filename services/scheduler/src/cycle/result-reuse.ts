/**
 * Results of filter and score by pod signature and node generation: of many identical pods, each placement changes one node, so
 * that the next pod needs that node evaluated and no other (the aim of KEP-5598, without its restrictions: the outcome is the
 * same as evaluating all). What plugins say that look at other nodes' pods too is not kept here but asked for in every cycle.
 */
import type { Cache } from '../cache/cache.ts';
import type { FilterPlan, ScorePlan, Verdict } from '../framework/framework.ts';

/** What is known of all pods with one signature, of nodes by their positions. */
export interface PodResults {
  epoch: number;
  /** The cache's version of which the rest is true. */
  version: number;
  plan: FilterPlan | { verdict: Verdict };
  scorePlan: ScorePlan | undefined;
  /** Why a node will not do; null where it will, undefined where that is not known. */
  verdicts: (Verdict | null | undefined)[];
  /** Of the nodes when they were asked. */
  generations: Float64Array;
  /** As Framework.score has them, a column each; NaN where they are not known. Empty as long as no two nodes had to be compared. */
  scores: Float64Array[];
}

/** Signatures kept: pods of a few workloads come interleaved, pods that name their node come once. */
const maxSignatures = 32;

export class ResultReuse {
  readonly #bySignature = new Map<string, PodResults>();

  /** The results for a signature, up to date; made anew when the cluster's epoch has changed. */
  get(signature: string, cluster: Cache, plan: () => PodResults['plan']): PodResults {
    const { epoch, version, nodeCount } = cluster;
    const known = this.#bySignature.get(signature);
    if (known?.epoch === epoch) return forgetChanged(known, cluster);
    const verdicts = new Array<undefined>(nodeCount).fill(undefined);
    const results = { epoch, version, plan: plan(), scorePlan: undefined, verdicts, generations: new Float64Array(nodeCount), scores: [] };
    this.#bySignature.delete(signature);
    this.#bySignature.set(signature, results);
    if (this.#bySignature.size > maxSignatures) {
      const [oldest] = this.#bySignature.keys();
      if (oldest !== undefined) this.#bySignature.delete(oldest);
    }
    return results;
  }
}

function forgetChanged(results: PodResults, cluster: Cache): PodResults {
  if (results.version === cluster.version) return results;
  const [plain] = results.scores;
  for (const { node, position, generation } of cluster.changedSince(results.version)) {
    if (!node || results.generations[position] === generation) continue;
    results.verdicts[position] = undefined;
    if (plain) plain[position] = Number.NaN;
  }
  results.version = cluster.version;
  return results;
}
