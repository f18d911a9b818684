import type { Node, Pod } from '@t8s/api';
import { ifOwnChanges } from '../../framework/cluster-event.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import { NodeSums, type Share, type Sum } from '../../framework/node-sums.ts';
import { maxScore, type Plugin, type Rejection } from '../../framework/plugin.ts';
import type { PluginContext } from '../../framework/plugin-context.ts';
import { type Constraint, constraintsOf, hostname, includesNode, type PodTopologySpreadArgs } from './constraints.ts';

/** The matching pods of each domain, under the index of the constraint. */
type Counts = NodeSums<number>;

export interface HardSpread {
  constraints: readonly Constraint[];
  counts: Counts;
  /** For each constraint the count of each domain, and the lowest of all. */
  domains: ReadonlyMap<string, Sum>[];
  minima: number[];
}

export interface SoftSpread {
  constraints: readonly Constraint[];
  counts: Counts;
  /** For each constraint how much a pod weighs: more where there are more domains to go to. */
  weights: number[];
}

const missingLabel: Rejection = {
  code: 'UnschedulableAndUnresolvable',
  reasons: ["node(s) didn't match pod topology spread constraints (missing required label)"],
};
const tooSkewed: Rejection = { code: 'Unschedulable', reasons: ["node(s) didn't match pod topology spread constraints"] };
/** Stands for a node that lacks a label: it gets no score, and the others are scaled without it. */
const ignored = -1;

/**
 * Spreads pods that are alike over domains of nodes: DoNotSchedule keeps the skew within bounds, ScheduleAnyway prefers domains with
 * fewer of them (https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/).
 */
export function podTopologySpread(
  { workloadSelector }: Pick<PluginContext, 'workloadSelector'>,
  args: PodTopologySpreadArgs,
): Plugin<HardSpread, SoftSpread> {
  const of = (pod: Pod, hard: boolean) => {
    const { all, mayLackKeys } = constraintsOf(pod, workloadSelector, args);
    return { constraints: all.filter((constraint) => constraint.hard === hard), mayLackKeys };
  };
  /** Where the node stands for each constraint; it counts for none unless it has all keys. */
  const domainsOf = (pod: Pod, node: Node | undefined): string | undefined => {
    const { constraints } = of(pod, true);
    if (!node || !hasAllKeys(node, constraints)) return undefined;
    return JSON.stringify(constraints.map((one) => [node.metadata.labels?.[one.topologyKey], includesNode(one, pod, node)]));
  };
  const hardOf = (pod: Pod) =>
    of(pod, true).constraints.map(({ selector, selectsItself, honorsTaints }) => [
      selector.toString(),
      selectsItself,
      honorsTaints && pod.spec.tolerations,
    ]);
  return {
    name: 'PodTopologySpread',

    hints: {
      Node: ({ pod }, { now, old }) => domainsOf(pod, now) !== domainsOf(pod, old),
      AssignedPod: ({ pod }, { now, old }) =>
        of(pod, true).constraints.some(
          ({ selector }) => isCounted(now?.pod, selector, pod.metadata.namespace) !== isCounted(old?.pod, selector, pod.metadata.namespace),
        ),
      UnschedulablePod: ifOwnChanges(hardOf),
    },

    sign({ pod }) {
      const { all, mayLackKeys } = constraintsOf(pod, workloadSelector, args);
      if (all.length === 0) return null;
      const { nodeSelector, affinity, tolerations } = pod.spec;
      const constraints = all.map((constraint) => ({ ...constraint, selector: constraint.selector.toString() }));
      return [pod.metadata.namespace, mayLackKeys, constraints, nodeSelector, affinity?.nodeAffinity, tolerations];
    },

    preFilter({ pod }) {
      const { constraints } = of(pod, true);
      if (constraints.length === 0) return { skip: true };
      const counts: Counts = new NodeSums((node) => (hasAllKeys(node.node, constraints) ? countedShares(pod, node, constraints) : []));
      return { state: { constraints, counts, domains: [], minima: [] } };
    },

    beforeFilter(state, cluster) {
      if (!state.counts.update(cluster)) return;
      state.domains = state.constraints.map((_, i) => state.counts.sums(i));
      state.minima = state.constraints.map(({ minDomains }, i) => {
        let min = Number.POSITIVE_INFINITY;
        let count = 0;
        for (const { amount, shares } of state.domains[i]?.values() ?? []) {
          if (shares === 0) continue;
          count += 1;
          if (amount < min) min = amount;
        }
        return count < minDomains ? 0 : min;
      });
    },

    filter(_, { node }, { constraints, domains, minima }) {
      const labels = node?.metadata.labels;
      for (let i = 0; i < constraints.length; i++) {
        const { topologyKey, maxSkew, selectsItself } = constraints[i] as Constraint;
        const domain = labels?.[topologyKey];
        if (domain === undefined) return missingLabel;
        const skew = (domains[i]?.get(domain)?.amount ?? 0) + (selectsItself ? 1 : 0) - (minima[i] ?? 0);
        if (skew > maxSkew) return tooSkewed;
      }
      return undefined;
    },

    preScore({ pod }) {
      const { constraints, mayLackKeys } = of(pod, false);
      if (constraints.length === 0) return { skip: true };
      const counts: Counts = new NodeSums((node) =>
        mayLackKeys || hasAllKeys(node.node, constraints) ? allShares(pod, node, constraints) : [],
      );
      return { state: { constraints, counts, weights: [] } };
    },

    beforeScore(state, cluster, feasible) {
      state.counts.update(cluster);
      state.weights = state.constraints.map(({ topologyKey }, i) => {
        let known = 0;
        const domains = new Set<Sum>();
        for (const node of feasible) {
          const sum = state.counts.of(node).sums[i];
          if (!sum) continue;
          known += 1;
          if (topologyKey !== hostname) domains.add(sum);
        }
        return Math.log((topologyKey === hostname ? known : domains.size) + 2);
      });
    },

    score(_, node, { constraints, counts, weights }) {
      const { amounts, sums } = counts.of(node);
      if (sums.length === 0) return ignored;
      const labels = node.node?.metadata.labels;
      let score = 0;
      for (let i = 0; i < constraints.length; i++) {
        const { topologyKey, maxSkew } = constraints[i] as Constraint;
        if (labels?.[topologyKey] === undefined) continue;
        const count = topologyKey === hostname ? (amounts[i] as number) : (sums[i] as Sum).amount;
        score += count * (weights[i] ?? 0) + (maxSkew - 1);
      }
      return Math.round(score);
    },

    normalize(scores) {
      let min = Number.POSITIVE_INFINITY;
      let max = 0;
      for (const score of scores) {
        if (score === ignored) continue;
        if (score < min) min = score;
        if (score > max) max = score;
      }
      for (let i = 0; i < scores.length; i++) {
        const score = scores[i] as number;
        if (score === ignored) scores[i] = 0;
        else scores[i] = max === 0 ? maxScore : Math.floor((maxScore * (max + min - score)) / max);
      }
    },
  };
}

function hasAllKeys(node: Node | undefined, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => node?.metadata.labels?.[topologyKey] !== undefined);
}

/** The node's part in each constraint whose policies include it. */
function countedShares(pod: Pod, node: NodeInfo, constraints: readonly Constraint[]): Share<number>[] {
  return allShares(pod, node, constraints).filter((_, i) => includes(constraints[i] as Constraint, pod, node));
}

/**
 * The node's part in each constraint; nothing in domains of many nodes where the policies leave it out. What is on the node
 * itself counts for its own score in any case.
 */
function allShares(pod: Pod, node: NodeInfo, constraints: readonly Constraint[]): Share<number>[] {
  return constraints.map((constraint, key) => {
    const value = node.node?.metadata.labels?.[constraint.topologyKey] ?? '';
    const counts = constraint.topologyKey === hostname || includes(constraint, pod, node);
    return { key, value, amount: counts ? countMatching(node, constraint.selector, pod.metadata.namespace) : 0 };
  });
}

const includes = (constraint: Constraint, pod: Pod, { node }: NodeInfo): boolean =>
  node !== undefined && includesNode(constraint, pod, node);

function countMatching({ pods }: NodeInfo, selector: Constraint['selector'], namespace: string | undefined): number {
  let count = 0;
  for (const { pod } of pods.values()) if (isCounted(pod, selector, namespace)) count += 1;
  return count;
}

/** Pods that are going are not counted; an empty selector counts none, as upstream has it. */
function isCounted(pod: Pod | undefined, selector: Constraint['selector'], namespace: string | undefined): boolean {
  if (!pod || selector.empty || pod.metadata.namespace !== namespace) return false;
  return pod.metadata.deletionTimestamp === undefined && selector.matches(pod.metadata.labels);
}
