/** Which of two pods on a node is to be kept rather: the one of higher priority or, of equals, the one that has run for longer. */
import type { PodInfo } from '../../framework/pod-info.ts';

/** After every time: a pod that has not started counts as the youngest. */
const notYet = '~';

/** Times of the API compare as text. */
export const startOf = ({ pod }: PodInfo): string => pod.status?.startTime ?? notYet;

/** Sorts the more important first. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  const [first, second] = [startOf(a), startOf(b)];
  return first === second ? 0 : first < second ? -1 : 1;
}
