import { type FieldError, forbiddenField } from '@t8s/meta';
import { optionalOneOf } from '../../field-checks.ts';
import type { PriorityClass } from '../../generated/types.ts';
import { immutable } from '../../object-meta/validate.ts';

/** Values above belong to the system's own classes. */
export const highestUserPriority = 1_000_000_000;

/** The classes every cluster has. */
export const systemPriorityClasses: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

export function validatePriorityClass(priorityClass: PriorityClass): FieldError[] {
  return [
    ...validateValue(priorityClass),
    ...optionalOneOf('preemptionPolicy', priorityClass.preemptionPolicy, ['Never', 'PreemptLowerPriority']),
  ];
}

function validateValue({ metadata: { name = '' }, value, globalDefault = false }: PriorityClass): FieldError[] {
  if (!name.startsWith('system-'))
    return value > highestUserPriority
      ? [forbiddenField('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`)]
      : [];
  const known = systemPriorityClasses[name];
  const error =
    known === undefined
      ? `${name} is not a known system priority class`
      : known !== value
        ? `value of ${name} PriorityClass must be ${known}`
        : globalDefault
          ? `globalDefault of ${name} PriorityClass must be false`
          : undefined;
  if (error === undefined) return [];
  return [forbiddenField('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${error}`)];
}

export function validatePriorityClassUpdate(priorityClass: PriorityClass, old: PriorityClass): FieldError[] {
  return [
    ...(priorityClass.value === old.value ? [] : [forbiddenField('value', 'may not be changed in an update.')]),
    ...immutable('preemptionPolicy', priorityClass.preemptionPolicy, old.preemptionPolicy),
  ];
}
