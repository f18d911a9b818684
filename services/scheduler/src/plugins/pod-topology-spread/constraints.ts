/** The spread constraints of a pod: its own or, if it has none, the system's defaults for members of a workload. */
import { matchesNodeAffinity, type Node, type Pod, type TopologySpreadConstraint, untoleratedTaint } from '@t8s/api';
import { Selector, toSelector } from '@t8s/meta';

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
  /** Defaults spread over nodes that lack a zone too; a pod's own constraints leave nodes out that lack any of the keys. */
  areDefaults: boolean;
}

const defaults: readonly TopologySpreadConstraint[] = [
  { topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

/** `workloadSelector`: what the defaults count by; empty where the pod belongs to no workload, and then there are none. */
export function constraintsOf(pod: Pod, workloadSelector: (pod: Pod) => Selector): Constraints {
  const own = pod.spec.topologySpreadConstraints ?? [];
  if (own.length > 0)
    return { all: own.map((constraint) => toConstraint(constraint, pod, ownSelector(constraint, pod))), areDefaults: false };
  const selector = workloadSelector(pod);
  return { all: selector.empty ? [] : defaults.map((constraint) => toConstraint(constraint, pod, selector)), areDefaults: true };
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
