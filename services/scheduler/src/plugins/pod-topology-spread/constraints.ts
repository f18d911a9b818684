/** The spread constraints of a pod: its own or, if it has none, the system's defaults for members of a workload. */
import {
  matchesNodeAffinity,
  type Node,
  type Pod,
  type TopologySpreadConstraint,
  untoleratedTaint,
  validateTopologySpread,
} from '@t8s/api';
import { type FieldError, forbiddenField, invalidValue, Selector, toSelector } from '@t8s/meta';
import type { Fields } from '../../config/fields.ts';

export const hostname = 'kubernetes.io/hostname';

export interface Constraint {
  hard: boolean;
  topologyKey: string;
  maxSkew: number;
  minDomains: number;
  honorsAffinity: boolean;
  honorsTaints: boolean;
  selector: Selector;
  /** Whether the pod is one of those that are counted. */
  selectsItself: boolean;
}

export interface Constraints {
  all: readonly Constraint[];
  /** The system's defaults spread over nodes that lack a zone too; others leave nodes out that lack any of the keys. */
  mayLackKeys: boolean;
}

export interface PodTopologySpreadArgs {
  /** For pods that have none of their own. */
  defaultConstraints: readonly TopologySpreadConstraint[];
  /** The defaults are the system's, which count nodes that lack a key as well. */
  areSystems: boolean;
}

export function readPodTopologySpreadArgs(fields: Fields): PodTopologySpreadArgs {
  const type = fields.oneOf('defaultingType', ['System', 'List'], 'System');
  const validate = (constraint: TopologySpreadConstraint, path: string): FieldError[] => [
    ...validateTopologySpread([constraint], path).map((error) => ({ ...error, field: error.field.replace(`${path}[0]`, path) })),
    ...(constraint.labelSelector
      ? [forbiddenField(`${path}.labelSelector`, 'constraint must not define a selector, as they deduced for each pod')]
      : []),
  ];
  const read = (value: unknown, path: string) => fields.readApi(value, { path, type: 'TopologySpreadConstraint', validate });
  const list = (fields.list('defaultConstraints', read) ?? []).filter((constraint) => constraint !== undefined);
  if (type === 'List') return { defaultConstraints: list, areSystems: false };
  if (list.length > 0) fields.errors.push(invalidValue(fields.at('defaultingType'), type, 'when .defaultConstraints are not empty'));
  return { defaultConstraints: systemDefaults, areSystems: true };
}

const systemDefaults: readonly TopologySpreadConstraint[] = [
  { topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

/** `workloadSelector`: what the defaults count by; empty where the pod belongs to no workload, and then there are none. */
export function constraintsOf(
  pod: Pod,
  workloadSelector: (pod: Pod) => Selector,
  { defaultConstraints, areSystems }: PodTopologySpreadArgs,
): Constraints {
  const own = pod.spec.topologySpreadConstraints ?? [];
  if (own.length > 0)
    return { all: own.map((constraint) => toConstraint(constraint, pod, ownSelector(constraint, pod))), mayLackKeys: false };
  const selector = workloadSelector(pod);
  const all = selector.empty ? [] : defaultConstraints.map((constraint) => toConstraint(constraint, pod, selector));
  return { all, mayLackKeys: areSystems };
}

/** Whether a node and its pods count; without a policy affinity is honoured and taints are not (KEP-3094). */
export function includesNode({ honorsAffinity, honorsTaints }: Constraint, { spec }: Pod, node: Node): boolean {
  if (honorsAffinity && !matchesNodeAffinity(spec, node)) return false;
  return !honorsTaints || !untoleratedTaint(node.spec.taints, spec.tolerations, ['NoSchedule', 'NoExecute']);
}

function toConstraint(from: TopologySpreadConstraint, pod: Pod, selector: Selector): Constraint {
  return {
    hard: from.whenUnsatisfiable === 'DoNotSchedule',
    topologyKey: from.topologyKey,
    maxSkew: from.maxSkew,
    minDomains: from.minDomains ?? 1,
    honorsAffinity: from.nodeAffinityPolicy !== 'Ignore',
    honorsTaints: from.nodeTaintsPolicy === 'Honor',
    selector,
    selectsItself: selector.matches(pod.metadata.labels),
  };
}

/** matchLabelKeys narrow the selector to pods with this pod's values, as a Deployment's revision has them (KEP-3243). */
function ownSelector({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, { metadata: { labels = {} } }: Pod): Selector {
  const { requirements } = toSelector(labelSelector);
  const values = matchLabelKeys
    .filter((key) => Object.hasOwn(labels, key))
    .map((key) => ({ key, operator: '=' as const, values: [labels[key] ?? ''] }));
  return new Selector([...requirements, ...values]);
}
