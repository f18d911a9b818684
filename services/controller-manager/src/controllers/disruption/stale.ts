import type { Pod } from '@t8s/api';
import { parseTime } from '@t8s/meta';
import { isTerminal, podCondition } from '../../pods/pod-state.ts';

/** A disruption that was told and has not begun after this will not come any more. Milliseconds. */
const timeout = 120_000;

/** When a pod's condition DisruptionTarget is stale, in milliseconds; undefined where it has none that may be: a kubelet keeps its word. */
export function staleDisruption(pod: Pod): { at: number } | undefined {
  const condition = podCondition(pod, 'DisruptionTarget');
  const mayBeStale =
    condition?.status === 'True' &&
    condition.reason !== 'TerminationByKubelet' &&
    pod.metadata.deletionTimestamp === undefined &&
    !isTerminal(pod);
  return mayBeStale ? { at: (parseTime(condition.lastTransitionTime ?? '') ?? 0) + timeout } : undefined;
}
