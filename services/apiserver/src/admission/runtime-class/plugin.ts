/** What a pod's RuntimeClass brings: overhead, and where such pods may run (KEP-585, KEP-688). */
import { isDeepStrictEqual } from 'node:util';
import type { Pod, RuntimeClass } from '@t8s/api';
import { findObject } from '../../registry/find-object.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';

export function runtimeClass(objects: ObjectStore): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    async mutate(write) {
      const { resource, object, old, subresource } = write;
      if (resource.storage !== 'pods' || old !== undefined || subresource !== '') return;
      const pod = object as Pod;
      const { runtimeClassName: name } = pod.spec;
      const forbid = (why: string): Error => forbiddenBy(requestOf(write), why);
      const refuse = (why: string): Error => forbid(`pod rejected: ${why}`);
      const found = name ? await findObject<RuntimeClass>(objects, 'runtimeclasses', name) : undefined;
      if (name && !found) throw refuse(`RuntimeClass "${name}" not found`);
      const overhead = found?.overhead?.podFixed;
      if (pod.spec.overhead && !overhead) throw refuse('Pod Overhead set without corresponding RuntimeClass defined Overhead');
      if (pod.spec.overhead && !isDeepStrictEqual(pod.spec.overhead, overhead))
        throw refuse("Pod's Overhead doesn't match RuntimeClass's defined Overhead");
      if (overhead) pod.spec.overhead = { ...overhead };
      place(pod, found?.scheduling ?? {}, forbid);
    },
  };
}

function place(
  { spec }: Pod,
  { nodeSelector = {}, tolerations = [] }: NonNullable<RuntimeClass['scheduling']>,
  refuse: (why: string) => Error,
): void {
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key];
    if (own !== undefined && own !== value)
      throw refuse(`conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`);
  }
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
  const missing = tolerations.filter((toleration) => !spec.tolerations?.some((own) => isDeepStrictEqual(own, toleration)));
  if (missing.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...structuredClone(missing)];
}
