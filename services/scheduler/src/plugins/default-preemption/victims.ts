/** Finds the least that must go from a node to make room for a pod. */
import type { NodeInfo } from '../../framework/node-info.ts';
import type { ClusterView, FailedSearch, Rejection } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { type BudgetsOf, splitByBudgets } from './budgets.ts';
import { byImportance } from './importance.ts';

export interface Candidate {
  node: NodeInfo;
  /** The most important first. */
  victims: readonly PodInfo[];
  /** How many of them a budget would keep. */
  violations: number;
}

export interface VictimsOptions {
  info: PodInfo;
  node: NodeInfo;
  cluster: Pick<ClusterView, 'trial'>;
  search: FailedSearch;
  budgetsOf: BudgetsOf;
}

const none: Rejection = {
  code: 'UnschedulableAndUnresolvable',
  reasons: ['No preemption victims found for incoming pod'],
};

/**
 * All pods of lower priority leave, and come back one by one, those that a budget protects and the more important ones first, as
 * long as the pod still fits. Says why where even that is not enough.
 */
export function selectVictims({ info, node, cluster, search, budgetsOf }: VictimsOptions): Candidate | Rejection {
  const potential = [...node.pods.values()].filter(({ priority }) => priority < info.priority).sort(byImportance);
  if (potential.length === 0) return none;
  return cluster.trial(node, ({ add, remove }) => {
    for (const pod of potential) remove(pod);
    const rejection = search.reject(node);
    if (rejection) return rejection;
    const victims: PodInfo[] = [];
    const comesBack = (pod: PodInfo): boolean => {
      add(pod);
      if (!search.reject(node)) return true;
      remove(pod);
      victims.push(pod);
      return false;
    };
    const { violating, others } = splitByBudgets(potential, budgetsOf);
    const violations = violating.filter((pod) => !comesBack(pod)).length;
    for (const pod of others) comesBack(pod);
    return { node, victims: victims.sort(byImportance), violations };
  });
}
