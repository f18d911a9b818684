/** Which pods could not go without hurting a PodDisruptionBudget. */
import type { PodDisruptionBudget } from '@t8s/api';
import { type Selector, toSelector } from '@t8s/meta';
import type { PodInfo } from '../../framework/pod-info.ts';

export type BudgetsOf = (namespace: string) => readonly PodDisruptionBudget[];

const selectors = new WeakMap<PodDisruptionBudget, Selector>();

function selectorOf(budget: PodDisruptionBudget): Selector {
  const selector = selectors.get(budget) ?? toSelector(budget.spec.selector);
  selectors.set(budget, selector);
  return selector;
}

/** Goes through the pods in the order given: each one uses up what its budgets allow, and violates when nothing is left. */
export function splitByBudgets(infos: readonly PodInfo[], budgetsOf: BudgetsOf): { violating: PodInfo[]; others: PodInfo[] } {
  const allowed = new Map<PodDisruptionBudget, number>();
  const isViolating = ({ pod: { metadata } }: PodInfo): boolean => {
    const { name = '', namespace = '', labels } = metadata;
    if (!labels || Object.keys(labels).length === 0) return false;
    let isOver = false;
    for (const budget of budgetsOf(namespace)) {
      const selector = selectorOf(budget);
      // An empty selector protects no pod from preemption; a pod that is being evicted is accounted for.
      if (selector.empty || !selector.matches(labels) || budget.status?.disruptedPods?.[name] !== undefined) continue;
      const left = (allowed.get(budget) ?? budget.status?.disruptionsAllowed ?? 0) - 1;
      allowed.set(budget, left);
      if (left < 0) isOver = true;
    }
    return isOver;
  };
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of infos) (isViolating(info) ? violating : others).push(info);
  return { violating, others };
}
