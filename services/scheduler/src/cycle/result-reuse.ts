/**
 * Results of filter and score by pod signature and node generation: of many identical pods, each placement changes one node, so
 * that the next pod needs that node evaluated and no other (the aim of KEP-5598, without its restrictions: the outcome is the
 * same as evaluating all). What plugins say that look at other nodes' pods too is not kept here but asked for in every cycle.
 */
import type { FilterPlan, ScorePlan, Verdict } from '../framework/framework.ts';

export interface NodeResult {
  generation: number;
  verdict: Verdict | undefined;
  /** As Framework.score has them, once the node had to be compared with another. */
  scores: readonly number[] | undefined;
}

/** What is known of all pods with one signature. */
export interface PodResults {
  epoch: number;
  plan: FilterPlan | { verdict: Verdict };
  scorePlan: ScorePlan | undefined;
  /** By the node's position. */
  nodes: (NodeResult | undefined)[];
}

/** Signatures kept: pods of a few workloads come interleaved, pods that name their node come once. */
const maxSignatures = 32;

export class ResultReuse {
  readonly #bySignature = new Map<string, PodResults>();

  /** The results for a signature, made anew when the cluster's epoch has changed. */
  get(signature: string, epoch: number, plan: () => PodResults['plan']): PodResults {
    const known = this.#bySignature.get(signature);
    if (known?.epoch === epoch) return known;
    const results: PodResults = { epoch, plan: plan(), scorePlan: undefined, nodes: [] };
    this.#bySignature.delete(signature);
    this.#bySignature.set(signature, results);
    if (this.#bySignature.size > maxSignatures) {
      const [oldest] = this.#bySignature.keys();
      if (oldest !== undefined) this.#bySignature.delete(oldest);
    }
    return results;
  }
}
