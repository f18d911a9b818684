import type { Pod, PriorityClass } from '@t8s/api';
import { forbidden, type KubeObject } from '@t8s/meta';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionPlugin } from '../plugin.ts';

/** Turns a pod's priorityClassName, or the cluster's default class, into its priority and preemption policy. */
export function priority(objects: ObjectStore): AdmissionPlugin {
  return {
    name: 'Priority',
    mutate({ resource, object, old, subresource }) {
      if (resource.storage !== 'pods' || old !== undefined || subresource !== '') return;
      const pod = object as Pod;
      const { priorityClassName } = pod.spec;
      const found = priorityClassName
        ? (objects.cache.resource('priorityclasses').get(priorityClassName)?.object as PriorityClass | undefined)
        : defaultClass(objects);
      if (priorityClassName && !found) throw refuse(pod, `no PriorityClass with name ${priorityClassName} was found`);
      const value = found?.value ?? 0;
      if (pod.spec.priority !== undefined && pod.spec.priority !== value)
        throw refuse(
          pod,
          `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
        );
      pod.spec.priority = value;
      if (found && !priorityClassName) pod.spec.priorityClassName = found.metadata.name;
      pod.spec.preemptionPolicy ??= found?.preemptionPolicy ?? 'PreemptLowerPriority';
    },
  };
}

function refuse({ metadata }: KubeObject, why: string): Error {
  return forbidden({ group: '', resource: 'pods' }, metadata.name ?? '', why);
}

/** Of several default classes the lowest counts, as upstream. */
function defaultClass(objects: ObjectStore): PriorityClass | undefined {
  const classes = [...objects.cache.resource('priorityclasses').range()].map(({ object }) => object as PriorityClass);
  return classes.filter((c) => c.globalDefault).sort((a, b) => a.value - b.value)[0];
}
