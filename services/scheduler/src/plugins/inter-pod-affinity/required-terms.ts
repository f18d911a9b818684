/** Counts, per domain, of pods that required terms are about: the pod's own terms, and those of pods that are there already. */
import { type AffinityTerm, type AffinityTerms, type NamespaceLabels, selects } from '../../framework/affinity-terms.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import { NodeSums, type Share } from '../../framework/node-sums.ts';
import type { PodInfo } from '../../framework/pod-info.ts';

/** By topology key; a term counts in the domain that the node of the other pod is in. */
export interface RequiredTerms {
  own: Pick<AffinityTerms, 'requiredAffinity' | 'requiredAntiAffinity'>;
  /** Whether the pod is what its own affinity asks for: the first of a group need not find another. */
  wantsItself: boolean;
  /** Pods that all affinity terms are about. */
  wanted: NodeSums<string>;
  /** Pods that any anti-affinity term is about. */
  unwanted: NodeSums<string>;
  /** Pods there whose own anti-affinity is about this pod. */
  unwelcoming: NodeSums<string>;
}

export const none = { requiredAffinity: [], requiredAntiAffinity: [] };

export function requiredTermsOf(info: PodInfo, labelsOf: NamespaceLabels): RequiredTerms {
  const own = info.affinity ?? none;
  const { requiredAffinity, requiredAntiAffinity } = own;
  const isWanted = ({ pod }: PodInfo): boolean =>
    requiredAffinity.length > 0 && requiredAffinity.every((term) => selects(term, pod, labelsOf));
  return {
    own,
    wantsItself: isWanted(info),
    wanted: sumsBy((there) => (isWanted(there) ? requiredAffinity : [])),
    unwanted: sumsBy((there) => requiredAntiAffinity.filter((term) => selects(term, there.pod, labelsOf))),
    unwelcoming: sumsBy((there) => there.affinity?.requiredAntiAffinity.filter((term) => selects(term, info.pod, labelsOf)) ?? []),
  };
}

/** Adds up the weights of the terms that `termsOf` names for each pod on a node, in the domains of that node. */
export function sumsBy(termsOf: (there: PodInfo) => readonly AffinityTerm[]): NodeSums<string> {
  return new NodeSums((node) => sharesOf(node, termsOf));
}

function sharesOf({ node, pods }: NodeInfo, termsOf: (there: PodInfo) => readonly AffinityTerm[]): readonly Share<string>[] {
  const labels = node?.metadata.labels ?? {};
  const shares = new Map<string, Share<string>>();
  for (const there of pods.values()) {
    for (const { topologyKey: key, weight } of termsOf(there)) {
      const value = labels[key];
      if (value === undefined) continue;
      const share = shares.get(key);
      if (share) share.amount += weight;
      else shares.set(key, { key, value, amount: weight });
    }
  }
  return [...shares.values()];
}
