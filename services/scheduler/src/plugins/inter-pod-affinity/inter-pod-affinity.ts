import type { Fields } from '../../config/fields.ts';
import { type AffinityTerm, selects } from '../../framework/affinity-terms.ts';
import { ifLabelsChange, ifOwnChanges } from '../../framework/cluster-event.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { NodeSums } from '../../framework/node-sums.ts';
import { maxScore, type Plugin, type Rejection } from '../../framework/plugin.ts';
import type { PluginContext } from '../../framework/plugin-context.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { none, type RequiredTerms, requiredTermsOf, sumsBy } from './required-terms.ts';

export interface InterPodAffinityArgs {
  /** What required affinity of pods that are there weighs for a pod that it is about. */
  hardPodAffinityWeight: number;
  /** Pods without preferences of their own are not scored. */
  ignorePreferredTermsOfExistingPods: boolean;
}

export const readInterPodAffinityArgs = (fields: Fields): InterPodAffinityArgs => ({
  hardPodAffinityWeight: fields.integer('hardPodAffinityWeight', 1, { min: 0, max: 100 }),
  ignorePreferredTermsOfExistingPods: fields.boolean('ignorePreferredTermsOfExistingPods', false),
});

const unresolvable: Rejection = { code: 'UnschedulableAndUnresolvable', reasons: ["node(s) didn't match pod affinity rules"] };
const unwanted: Rejection = { code: 'Unschedulable', reasons: ["node(s) didn't match pod anti-affinity rules"] };
const unwelcome: Rejection = { code: 'Unschedulable', reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"] };

/**
 * Places pods beside others, or away from them, by what both sides ask for
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity).
 * Required affinity binds one side only; to those who have it, it makes the other side preferred, with a weight of its own.
 */
export function interPodAffinity(
  { namespaceLabels }: Pick<PluginContext, 'namespaceLabels'>,
  { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods }: InterPodAffinityArgs,
): Plugin<RequiredTerms, NodeSums<string>> {
  const matching = (terms: readonly AffinityTerm[], pod: Parameters<typeof selects>[1]): readonly AffinityTerm[] =>
    terms.filter((term) => selects(term, pod, namespaceLabels));
  const weighing = (terms: readonly AffinityTerm[]): AffinityTerm[] =>
    hardPodAffinityWeight === 0 ? [] : terms.map((term) => ({ ...term, weight: hardPodAffinityWeight }));

  return {
    name: 'InterPodAffinity',

    hints: {
      Node: (waiting, change) =>
        ifLabelsChange(waiting, change) &&
        (waiting.affinity ?? none).requiredAffinity.every(({ topologyKey }) => change.now?.metadata.labels?.[topologyKey] !== undefined),
      Namespace: () => true,
      // One that it wants comes, or goes where it wants itself: it may be the first. One that is in its way goes.
      AssignedPod({ pod, affinity: { requiredAffinity, requiredAntiAffinity } = none }, { now, old }) {
        const isWanted = (one: PodInfo | undefined): boolean =>
          !!one && requiredAffinity.length > 0 && matching(requiredAffinity, one.pod).length === requiredAffinity.length;
        if (isWanted(now) !== isWanted(old)) return isWanted(now) || matching(requiredAffinity, pod).length === requiredAffinity.length;
        if (!old) return false;
        const isLeft = (term: AffinityTerm): boolean => !now || !selects(term, now.pod, namespaceLabels);
        return (
          matching(requiredAntiAffinity, old.pod).some(isLeft) ||
          (!now && matching(old.affinity?.requiredAntiAffinity ?? [], pod).length > 0)
        );
      },
      UnschedulablePod: ifOwnChanges((pod) => pod.metadata.labels),
    },

    sign({ pod, affinity }, { hasAffinity }) {
      // Where no pod asks anything of others, labels decide nothing here; they would part the pods of a StatefulSet, say.
      if (!affinity && !hasAffinity) return null;
      const { namespace, labels } = pod.metadata;
      return [namespace, labels, pod.spec.affinity?.podAffinity, pod.spec.affinity?.podAntiAffinity];
    },

    preFilter(info, { hasAffinity }) {
      const { requiredAffinity = [], requiredAntiAffinity = [] } = info.affinity ?? {};
      if (!hasAffinity && requiredAffinity.length + requiredAntiAffinity.length === 0) return { skip: true };
      return { state: requiredTermsOf(info, namespaceLabels) };
    },

    beforeFilter({ wanted, unwanted, unwelcoming }, cluster) {
      for (const sums of [wanted, unwanted, unwelcoming]) sums.update(cluster);
    },

    filter(_, node, terms) {
      if (!hasWanted(node, terms)) return unresolvable;
      if (terms.unwanted.amountAt(node) > 0) return unwanted;
      return terms.unwelcoming.amountAt(node) > 0 ? unwelcome : undefined;
    },

    preScore({ pod, affinity }, { hasAffinity }) {
      const { preferredAffinity = [], preferredAntiAffinity = [] } = affinity ?? {};
      const hasOwn = preferredAffinity.length + preferredAntiAffinity.length > 0;
      if (!hasOwn && (!hasAffinity || ignorePreferredTermsOfExistingPods)) return { skip: true };
      const sums = sumsBy(({ pod: there, affinity: theirs }) => [
        ...matching(preferredAffinity, there),
        ...against(matching(preferredAntiAffinity, there)),
        ...(theirs ? [...weighing(matching(theirs.requiredAffinity, pod)), ...matching(theirs.preferredAffinity, pod)] : []),
        ...(theirs ? against(matching(theirs.preferredAntiAffinity, pod)) : []),
      ]);
      return { state: sums };
    },

    beforeScore(sums, cluster) {
      sums.update(cluster);
    },

    score: (_, node, sums) => sums.amountAt(node),

    normalize(scores) {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (const score of scores) {
        if (score < min) min = score;
        if (score > max) max = score;
      }
      for (let i = 0; i < scores.length; i++)
        // In upstream's order, with what it loses on the way: 29 of 100 is 28.
        scores[i] = max === min ? 0 : Math.trunc(maxScore * (((scores[i] as number) - min) / (max - min)));
    },
  };
}

const against = (terms: readonly AffinityTerm[]): AffinityTerm[] => terms.map((term) => ({ ...term, weight: -term.weight }));

/** Whether each affinity term finds what it wants in the node's domain; the node must be in one for each. */
function hasWanted({ node }: NodeInfo, { own: { requiredAffinity }, wanted, wantsItself }: RequiredTerms): boolean {
  let isThere = true;
  for (const { topologyKey } of requiredAffinity) {
    const value = node?.metadata.labels?.[topologyKey];
    if (value === undefined) return false;
    if (wanted.amount(topologyKey, value) === 0) isThere = false;
  }
  return isThere || (wantsItself && wanted.isEmpty);
}
