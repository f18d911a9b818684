/** Where a pod may run, as far as its own spec says: the rules that the scheduler, the kubelet and controllers share. Pure. */
import { requirementMatches, type SelectorOperator } from '@t8s/meta';
import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSpec, Taint, Toleration } from '../../generated/types.ts';

const operators: Record<string, SelectorOperator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt' };

/** Any of the terms; a term without requirements matches no node. */
export function matchesNodeSelector({ nodeSelectorTerms }: NodeSelector, node: Node): boolean {
  return nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

export function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const field = (key: string): string | undefined => (key === 'metadata.name' ? node.metadata.name : undefined);
  return (
    matchExpressions.every((r) => matchesRequirement(r, node.metadata.labels?.[r.key])) &&
    matchFields.every((r) => matchesRequirement(r, field(r.key)))
  );
}

function matchesRequirement({ key, operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  const known = operators[operator];
  return known !== undefined && requirementMatches({ key, operator: known, values }, value);
}

/** nodeSelector and the required node affinity. */
export function matchesNodeAffinity({ nodeSelector = {}, affinity }: PodSpec, node: Node): boolean {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const hasLabels = Object.entries(nodeSelector).every(([key, value]) => node.metadata.labels?.[key] === value);
  return hasLabels && (required === undefined || matchesNodeSelector(required, node));
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''));
}

/** The first taint with one of `effects` that none of the tolerations covers. */
export function untoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return taints?.find((taint) => effects.includes(taint.effect) && !tolerations?.some((t) => tolerates(t, taint)));
}
