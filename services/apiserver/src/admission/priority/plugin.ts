import { type Pod, type PriorityClass, systemPriorityClasses } from '@t8s/api';
import { forbidden } from '@t8s/meta';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';

/** Turns a pod's priorityClassName, or the cluster's default class, into its priority and preemption policy; there is one default class, and the system's own stay. */
export function priority({ cache }: ObjectStore): AdmissionPlugin {
  return {
    name: 'Priority',
    mutate(write) {
      const { resource, object, old, subresource } = write;
      if (resource.storage !== 'pods' || subresource !== '') return;
      if (old) keep(object as Pod, old as Pod);
      else resolve(write);
    },
    validate(write) {
      const { resource, object, old } = write;
      if (resource.storage !== 'priorityclasses' || !(object as PriorityClass).globalDefault) return;
      const { name } = defaultClass()?.metadata ?? {};
      if (name !== undefined && !(old && name === object.metadata.name))
        throw refuse(write, `PriorityClass ${name} is already marked as default. Only one default can exist`);
    },
    review({ operation, resource, name }) {
      if (operation === 'DELETE' && resource.storage === 'priorityclasses' && Object.hasOwn(systemPriorityClasses, name))
        throw forbidden(resource.kind, name, 'this is a system priority class and cannot be deleted');
    },
  };

  function resolve(write: Write): void {
    const { spec } = write.object as Pod;
    const { priorityClassName } = spec;
    const found = priorityClassName
      ? (cache.resource('priorityclasses').get(priorityClassName)?.object as PriorityClass | undefined)
      : defaultClass();
    if (priorityClassName && !found) throw refuse(write, `no PriorityClass with name ${priorityClassName} was found`);
    const { value = 0, preemptionPolicy = 'PreemptLowerPriority' } = found ?? {};
    const computed = (what: unknown): string =>
      `must not be provided in pod spec; priority admission controller computed ${what} from the given PriorityClass name`;
    if (spec.priority !== undefined && spec.priority !== value)
      throw refuse(write, `the integer value of priority (${spec.priority}) ${computed(value)}`);
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy)
      throw refuse(write, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) ${computed(preemptionPolicy)}`);
    spec.priority = value;
    spec.preemptionPolicy = preemptionPolicy;
    if (found && !priorityClassName) spec.priorityClassName = found.metadata.name;
  }

  /** Of several default classes the lowest counts, as upstream. */
  function defaultClass(): PriorityClass | undefined {
    const classes = [...cache.resource('priorityclasses').range()].map(({ object }) => object as PriorityClass);
    return classes.filter((c) => c.globalDefault).sort((a, b) => a.value - b.value)[0];
  }
}

/** Who updates a pod need not repeat what was computed. */
function keep({ spec }: Pod, { spec: before }: Pod): void {
  if (before.priority !== undefined) spec.priority ??= before.priority;
  if (before.preemptionPolicy !== undefined) spec.preemptionPolicy ??= before.preemptionPolicy;
}

const refuse = (write: Write, why: string): Error => forbiddenBy(requestOf(write), why);
