/** Why no node takes a pod, in upstream's words: `0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.` */
import type { Verdict } from '../framework/framework.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { Rejection } from '../framework/plugin.ts';

export interface Diagnosis {
  nodeCount: number;
  /** A verdict over the pod that no node changes. */
  pod?: Verdict;
  /** What each node that was looked at said. */
  nodes: ReadonlyMap<NodeInfo, Verdict>;
  /** The plugins whose preFilter left out the nodes that were not looked at. */
  narrowedBy?: readonly string[];
  /** Why postFilter plugins could not make room. */
  postFilter?: string;
}

/** No node takes the pod as things are. */
export class FitError extends Error {
  override readonly name = 'FitError';
  readonly diagnosis: Diagnosis;

  constructor(diagnosis: Diagnosis) {
    super();
    this.diagnosis = diagnosis;
  }

  /** Put together when asked for: where there are many nodes it takes longer than to find that none fits. */
  override get message(): string {
    return this.diagnosis.nodeCount === 0 ? 'no nodes available to schedule pods' : describe(this.diagnosis);
  }

  /** Those that rejected the pod or a node: what may help the pod is theirs to say. */
  get plugins(): Set<string> {
    const { pod, nodes, narrowedBy = [] } = this.diagnosis;
    const plugins = new Set(narrowedBy);
    if (pod) plugins.add(pod.plugin);
    for (const { plugin } of nodes.values()) plugins.add(plugin);
    return plugins;
  }
}

function describe({ nodeCount, pod, nodes, narrowedBy, postFilter }: Diagnosis): string {
  const reasons = pod ? pod.reasons.join(', ') : histogram(nodes.values(), narrowedBy && [leftOut(narrowedBy), nodeCount - nodes.size]);
  return `${available(nodeCount)}: ${reasons}.${postFilter === undefined ? '' : ` ${postFilter}`}`;
}

const leftOut = (plugins: readonly string[]): string => `node(s) didn't satisfy plugin(s) [${[...plugins].sort().join(' ')}]`;

export const available = (nodeCount: number): string => `0/${nodeCount} nodes are available`;

/** `2 Insufficient cpu, 1 …`: each reason with its count, sorted as text. `others`: one that more nodes have. */
export function histogram(verdicts: Iterable<Rejection>, others?: readonly [reason: string, count: number]): string {
  const counts = new Map<string, number>();
  for (const { reasons } of verdicts) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  if (others && others[1] > 0) counts.set(others[0], (counts.get(others[0]) ?? 0) + others[1]);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join(', ');
}
