/** Why no node takes a pod, in upstream's words: `0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.` */
import type { Verdict } from '../framework/framework.ts';
import type { NodeInfo } from '../framework/node-info.ts';

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
  /** Those that rejected the pod or a node: what may help the pod is theirs to say. */
  readonly plugins: ReadonlySet<string>;

  constructor(diagnosis: Diagnosis) {
    const { nodeCount, pod, nodes, narrowedBy = [] } = diagnosis;
    super(nodeCount === 0 ? 'no nodes available to schedule pods' : describe(diagnosis));
    this.diagnosis = diagnosis;
    this.plugins = new Set([...(pod ? [pod.plugin] : []), ...[...nodes.values()].map(({ plugin }) => plugin), ...narrowedBy]);
  }
}

function describe({ nodeCount, pod, nodes, narrowedBy, postFilter }: Diagnosis): string {
  const reasons = pod
    ? pod.reasons.join(', ')
    : histogram([
        ...[...nodes.values()].flatMap((verdict) => verdict.reasons.map((reason): [string, number] => [reason, 1])),
        ...(narrowedBy ? [[leftOut(narrowedBy), nodeCount - nodes.size] satisfies [string, number]] : []),
      ]);
  return `${available(nodeCount)}: ${reasons}.${postFilter === undefined ? '' : ` ${postFilter}`}`;
}

const leftOut = (plugins: readonly string[]): string => `node(s) didn't satisfy plugin(s) [${[...plugins].sort().join(' ')}]`;

export const available = (nodeCount: number): string => `0/${nodeCount} nodes are available`;

/** `2 Insufficient cpu, 1 …`: each reason with its count, sorted as text. */
export function histogram(reasons: readonly [reason: string, count: number][]): string {
  const counts = new Map<string, number>();
  for (const [reason, count] of reasons) if (count > 0) counts.set(reason, (counts.get(reason) ?? 0) + count);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join(', ');
}
