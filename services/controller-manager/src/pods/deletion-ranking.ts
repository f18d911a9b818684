/**
 * Which pods a controller deletes first when it has too many (upstream's ActivePodsWithRanks): unassigned before assigned,
 * Pending before Unknown before Running, not ready before ready, lower `pod-deletion-cost`, more doubled up on its node,
 * ready for a shorter time, more restarts (of containers, then of sidecars), younger. Times count in powers of two (KEP-2185): of
 * two that differ by less the uid decides.
 */
import type { ContainerStatus, Pod } from '@t8s/api';
import { parseTime } from '@t8s/meta';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const phaseOrder: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/** `pods` sorted so that the first are deleted first. `related` are all active pods of the same owner: they tell how full a node is. */
export function rankForDeletion(pods: readonly Pod[], related: readonly Pod[], now: number): Pod[] {
  const perNode = new Map<string, number>();
  for (const { spec } of related) if (spec.nodeName) perNode.set(spec.nodeName, (perNode.get(spec.nodeName) ?? 0) + 1);
  const keys = new Map(pods.map((pod) => [pod, sortKey(pod, perNode, now)]));
  return [...keys].sort(([, a], [, b]) => compare(a, b)).map(([pod]) => pod);
}

interface SortKey {
  state: readonly number[];
  ready: Since;
  restarts: readonly number[];
  created: Since;
  uid: string;
}

/** A time, and its age by powers of two; without one it comes first. */
interface Since {
  time: number;
  rank: number;
}

function sortKey({ metadata, spec, status }: Pod, perNode: Map<string, number>, now: number): SortKey {
  const { nodeName } = spec;
  const ready = status?.conditions?.find(({ type, status: is }) => type === 'Ready' && is === 'True');
  const sidecars = new Set((spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name));
  return {
    state: [
      nodeName ? 1 : 0,
      phaseOrder[status?.phase ?? ''] ?? 0,
      ready ? 1 : 0,
      Number(metadata.annotations?.[deletionCost] ?? 0) || 0,
      nodeName ? -(perNode.get(nodeName) ?? 0) : 0,
    ],
    ready: since(ready?.lastTransitionTime, now),
    restarts: [
      -mostRestarts(status?.containerStatuses),
      -mostRestarts(status?.initContainerStatuses?.filter(({ name }) => sidecars.has(name))),
    ],
    created: since(metadata.creationTimestamp, now),
    uid: metadata.uid ?? '',
  };
}

const mostRestarts = (statuses: readonly ContainerStatus[] = []): number => Math.max(0, ...statuses.map((c) => c.restartCount));

function since(text: string | undefined, now: number): Since {
  const time = parseTime(text ?? '') ?? -1;
  const nanoseconds = (now - time) * 1e6;
  return { time, rank: time < 0 ? -2 : nanoseconds > 0 ? Math.trunc(Math.log2(nanoseconds)) : -1 };
}

function compare(a: SortKey, b: SortKey): number {
  const byUid = a.uid < b.uid ? -1 : 1;
  const byAge = (x: Since, y: Since): number => (x.time === y.time ? 0 : x.rank - y.rank || byUid);
  return (
    byNumbers(a.state, b.state) || byAge(a.ready, b.ready) || byNumbers(a.restarts, b.restarts) || byAge(a.created, b.created) || byUid
  );
}

const byNumbers = (a: readonly number[], b: readonly number[]): number => a.map((x, i) => x - (b[i] ?? 0)).find((diff) => diff !== 0) ?? 0;
