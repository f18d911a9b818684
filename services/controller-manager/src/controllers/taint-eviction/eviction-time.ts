/** When a pod must leave a node because of its NoExecute taints. Pure. */
import { type Pod, type Taint, tolerates } from '@t8s/api';

/** Milliseconds since the epoch; undefined: it may stay. `since`: when a taint that doesn't tell was first seen. */
export function evictionTime(pod: Pod, taints: readonly Taint[], since: number): number | undefined {
  let earliest: number | undefined;
  for (const taint of taints.filter((t) => t.effect === 'NoExecute')) {
    const matching = (pod.spec.tolerations ?? []).filter((t) => tolerates(t, taint));
    if (matching.length === 0) return since;
    const limits = matching.flatMap((t) => (t.tolerationSeconds === undefined ? [] : [Math.max(0, t.tolerationSeconds)]));
    if (limits.length === 0) continue;
    const at = (taint.timeAdded === undefined ? since : Date.parse(taint.timeAdded)) + Math.min(...limits) * 1000;
    earliest = earliest === undefined ? at : Math.min(earliest, at);
  }
  return earliest;
}
