/** When the change began that a write is the answer to: clients measure by it how late they hear. Upstream's annotation. */
import type { Pod, Service } from '@t8s/api';
import { objectKey } from '@t8s/meta';
import { podCondition } from '../pods/pod-state.ts';

export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

export class TriggerTimes {
  readonly #known = new Map<string, { service: string; pods: Map<string, string> }>();

  /** The time of the earliest change since the last call for this service; undefined when none of them tells its time. */
  since(service: Service, pods: readonly Pod[]): string | undefined {
    const before = this.#known.get(objectKey(service));
    const created = service.metadata.creationTimestamp ?? '';
    const times = new Map<string, string>();
    let earliest = created > (before?.service ?? '') ? created : undefined;
    for (const pod of pods) {
      const time = podCondition(pod, 'Ready')?.lastTransitionTime;
      const { name = '' } = pod.metadata;
      if (time === undefined) continue;
      times.set(name, time);
      // Times of the wire are all of one form: they compare as texts.
      if (time > (before?.pods.get(name) ?? '') && (earliest === undefined || time < earliest)) earliest = time;
    }
    this.#known.set(objectKey(service), { service: created, pods: times });
    return earliest;
  }

  /** For services that are gone. */
  forget(key: string): void {
    this.#known.delete(key);
  }
}

/** The annotations with the time in place of what was there. */
export function withTriggerTime(annotations: Record<string, string> | undefined, time: string | undefined): Record<string, string> {
  const { [triggerTimeAnnotation]: _, ...others } = annotations ?? {};
  return time === undefined ? others : { ...others, [triggerTimeAnnotation]: time };
}
