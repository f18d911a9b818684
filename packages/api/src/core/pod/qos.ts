/** The quality-of-service class of a pod (KEP-2837 for pod-level resources). */
import { parseQuantity } from '@t8s/meta';
import type { PodSpec, ResourceRequirements } from '../../generated/types.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'];

/** Guaranteed where every container's cpu and memory requests equal its limits, BestEffort where none has any. */
export function qosClass(spec: PodSpec): QosClass {
  const all: (ResourceRequirements | undefined)[] =
    spec.resources === undefined ? [...spec.containers, ...(spec.initContainers ?? [])].map((c) => c.resources) : [spec.resources];
  const positive = (list: Record<string, string> | undefined, name: string): string | undefined => {
    const text = list?.[name];
    return text === undefined || parseQuantity(text).nano <= 0n ? undefined : text;
  };
  const none = all.every((r) => counted.every((name) => !positive(r?.requests, name) && !positive(r?.limits, name)));
  if (none) return 'BestEffort';
  const guaranteed = all.every((r) =>
    counted.every((name) => {
      const limit = positive(r?.limits, name);
      const request = positive(r?.requests, name) ?? limit;
      return limit !== undefined && request !== undefined && parseQuantity(limit).compare(parseQuantity(request)) === 0;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
