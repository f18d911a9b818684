/**
 * Which pods a controller deletes first when it has too many (upstream's ActivePodsWithRanks): unassigned before assigned,
 * Pending before Unknown before Running, not ready before ready, lower `pod-deletion-cost`, more doubled up on its node,
 * ready for a shorter time, more restarts, younger. Times count in powers of two (KEP-2185), so that ties break by uid.
 */
import type { Pod } from '@t8s/api';
import { isReady, podCondition } from './pod-state.ts';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const phaseOrder: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/** `pods` sorted so that the first are deleted first. `related` are all active pods of the same owner: they tell how full a node is. */
export function rankForDeletion(pods: readonly Pod[], related: readonly Pod[], now: number): Pod[] {
  const perNode = new Map<string, number>();
  for (const { spec } of related) if (spec.nodeName) perNode.set(spec.nodeName, (perNode.get(spec.nodeName) ?? 0) + 1);
  const keys = new Map(pods.map((pod) => [pod, sortKey(pod, perNode, now)]));
  return [...pods].sort((a, b) => compare(keys.get(a) ?? [], keys.get(b) ?? []));
}

function sortKey(pod: Pod, perNode: Map<string, number>, now: number): (number | string)[] {
  const { nodeName } = pod.spec;
  const ready = isReady(pod);
  const restarts = (pod.status?.containerStatuses ?? []).reduce((most, c) => Math.max(most, c.restartCount), 0);
  return [
    nodeName ? 1 : 0,
    phaseOrder[pod.status?.phase ?? ''] ?? 0,
    ready ? 1 : 0,
    Number(pod.metadata.annotations?.[deletionCost] ?? 0) || 0,
    nodeName ? -(perNode.get(nodeName) ?? 0) : 0,
    ready ? logarithmicAge(podCondition(pod, 'Ready')?.lastTransitionTime, now) : 0,
    -restarts,
    logarithmicAge(pod.metadata.creationTimestamp, now),
    pod.metadata.uid ?? '',
  ];
}

function logarithmicAge(time: string | undefined, now: number): number {
  return time === undefined ? -1 : Math.floor(Math.log2(Math.max(1, now - Date.parse(time))));
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i];
    if (y !== undefined && x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
