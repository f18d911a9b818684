import type { PodInfo } from '../../framework/pod-info.ts';

/** Sorts pods that are to be kept rather first: those of higher priority and, of equals, those that have run for longer. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  return a.startTime === b.startTime ? 0 : a.startTime < b.startTime ? -1 : 1;
}
