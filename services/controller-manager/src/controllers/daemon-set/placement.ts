/** On which nodes a daemon set's pods belong. Pure. */
import { type DaemonSet, matchesNodeAffinity, type Node, type Pod, type PodSpec, type Toleration, untoleratedTaint } from '@t8s/api';

const everywhere = [
  'not-ready:NoExecute',
  'unreachable:NoExecute',
  'disk-pressure:NoSchedule',
  'memory-pressure:NoSchedule',
  'pid-pressure:NoSchedule',
  'unschedulable:NoSchedule',
];

/** Daemon pods stay on nodes that are in trouble: the tolerations upstream adds. */
export function daemonTolerations({ hostNetwork }: PodSpec): Toleration[] {
  return [...everywhere, ...(hostNetwork ? ['network-unavailable:NoSchedule'] : [])].map((entry) => {
    const [name, effect] = entry.split(':');
    return { key: `node.kubernetes.io/${name}`, operator: 'Exists', effect };
  });
}

/** `run`: a pod should be made there; `stay`: one that is there may go on (it tolerates what evicts). */
export function placement(set: DaemonSet, node: Node): { run: boolean; stay: boolean } {
  const spec = set.spec.template.spec ?? { containers: [] };
  if ((spec.nodeName && spec.nodeName !== node.metadata.name) || !matchesNodeAffinity(spec, node)) return { run: false, stay: false };
  const tolerations = [...(spec.tolerations ?? []), ...daemonTolerations(spec)];
  if (untoleratedTaint(node.spec.taints, tolerations, ['NoExecute'])) return { run: false, stay: false };
  return { run: untoleratedTaint(node.spec.taints, tolerations, ['NoSchedule']) === undefined, stay: true };
}

/** The node a daemon pod is bound to, or was made for. */
export function nodeOf({ spec }: Pod): string {
  if (spec.nodeName) return spec.nodeName;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap((t) => t.matchFields ?? []).find((f) => f.key === 'metadata.name' && f.operator === 'In')?.values?.[0] ?? '';
}

/** The template's spec bound to one node by affinity; the scheduler does the rest. */
export function specForNode(spec: PodSpec, node: string): PodSpec {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const nodeSelectorTerms = required ? required.nodeSelectorTerms.map((term) => ({ ...term, matchFields })) : [{ matchFields }];
  const nodeAffinity = { ...spec.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { ...spec, affinity: { ...spec.affinity, nodeAffinity }, tolerations: [...(spec.tolerations ?? []), ...daemonTolerations(spec)] };
}
