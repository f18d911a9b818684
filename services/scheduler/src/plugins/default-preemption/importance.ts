/** Which of two pods on a node is to be kept rather: the one of higher priority or, of equals, the one that has run for longer. */
import { parseTime } from '@t8s/meta';
import type { PodInfo } from '../../framework/pod-info.ts';

/** Milliseconds; a pod that has not started counts as the youngest. */
export const startOf = ({ pod }: PodInfo): number => parseTime(pod.status?.startTime ?? '') ?? Number.POSITIVE_INFINITY;

/** Sorts the more important first. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  const [first, second] = [startOf(a), startOf(b)];
  return first === second ? 0 : first - second;
}
