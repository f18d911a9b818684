/** When a pod must leave a node because of its NoExecute taints. Pure. */
import { type Pod, type Taint, tolerates } from '@t8s/api';
import { parseTime } from '@t8s/meta';

/**
 * Milliseconds since the epoch; undefined: it may stay. `since`: when a taint that doesn't tell was first seen. No taint counts from
 * before the pod was made.
 */
export function evictionTime(pod: Pod, taints: readonly Taint[], since: number): number | undefined {
  let earliest: number | undefined;
  for (const taint of taints.filter((t) => t.effect === 'NoExecute')) {
    const matching = (pod.spec.tolerations ?? []).filter((t) => tolerates(t, taint));
    if (matching.length === 0) return since;
    const limits = matching.flatMap((t) => (t.tolerationSeconds === undefined ? [] : [Math.max(0, t.tolerationSeconds)]));
    if (limits.length === 0) continue;
    const begin = Math.max(parseTime(taint.timeAdded ?? '') ?? since, parseTime(pod.metadata.creationTimestamp ?? '') ?? 0);
    const at = begin + Math.min(...limits) * 1000;
    earliest = earliest === undefined ? at : Math.min(earliest, at);
  }
  return earliest;
}
