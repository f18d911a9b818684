/** Why no node takes a pod, in upstream's words: `0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.` */
import type { Verdict } from '../framework/framework.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { PodInfo } from '../framework/pod-info.ts';

export interface Diagnosis {
  nodeCount: number;
  /** A verdict over the pod that no node changes. */
  pod?: Verdict;
  /** What each node that was looked at said. */
  nodes: ReadonlyMap<NodeInfo, Verdict>;
  /** What is said of nodes that were not looked at because preFilter left them out. */
  absent?: string;
}

/** No node takes the pod as things are. */
export class FitError extends Error {
  override readonly name = 'FitError';
  readonly diagnosis: Diagnosis;

  constructor(info: PodInfo, diagnosis: Diagnosis) {
    super(diagnosis.nodeCount === 0 ? 'no nodes available to schedule pods' : describe(info, diagnosis));
    this.diagnosis = diagnosis;
  }
}

function describe(info: PodInfo, { nodeCount, pod, nodes, absent }: Diagnosis): string {
  const head = `0/${nodeCount} nodes are available`;
  const left = nodeCount - nodes.size;
  const reasons = pod
    ? pod.reasons.join(', ')
    : histogram([
        ...[...nodes.values()].flatMap((verdict) => verdict.reasons.map((reason): [string, number] => [reason, 1])),
        ...(absent !== undefined && left > 0 ? [[absent, left] satisfies [string, number]] : []),
      ]);
  const preemption = describePreemption(info, nodeCount, nodes);
  return `${head}: ${reasons}.${preemption === undefined ? '' : ` preemption: ${preemption}.`}`;
}

/**
 * Why making room by preemption is out of the question, on every node. Says nothing (undefined) where some node holds pods of
 * lower priority: this scheduler does not preempt yet, and whether it would help is not known.
 */
function describePreemption(info: PodInfo, nodeCount: number, nodes: ReadonlyMap<NodeInfo, Verdict>): string | undefined {
  if (info.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never';
  let withoutVictims = 0;
  for (const [node, { code }] of nodes) {
    if (code === 'UnschedulableAndUnresolvable') continue;
    for (const { priority } of node.pods.values()) if (priority < info.priority) return undefined;
    withoutVictims += 1;
  }
  const counts = histogram([
    ['No preemption victims found for incoming pod', withoutVictims],
    ['Preemption is not helpful for scheduling', nodeCount - withoutVictims],
  ]);
  return `0/${nodeCount} nodes are available: ${counts}`;
}

/** `2 Insufficient cpu, 1 …`: each reason with its count, sorted as text. */
function histogram(reasons: readonly [reason: string, count: number][]): string {
  const counts = new Map<string, number>();
  for (const [reason, count] of reasons) if (count > 0) counts.set(reason, (counts.get(reason) ?? 0) + count);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join(', ');
}
