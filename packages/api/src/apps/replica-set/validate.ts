import { type FieldError, invalidValue } from '@t8s/meta';
import { nonNegative } from '../../field-checks.ts';
import type { ReplicaSet } from '../../generated/types.ts';
import { immutable, validateSelectorAndTemplate } from '../validate-template.ts';

export function validateReplicaSet({ spec }: ReplicaSet): FieldError[] {
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateSelectorAndTemplate(spec, { kind: 'ReplicaSet', emptyFor: 'deployment', path: 'spec' }),
  ];
}

export function validateReplicaSetUpdate({ spec }: ReplicaSet, old: ReplicaSet): FieldError[] {
  return immutable('spec.selector', spec.selector, old.spec.selector);
}

export function validateReplicaSetStatus({ status = { replicas: 0 } }: ReplicaSet): FieldError[] {
  const { replicas, readyReplicas = 0, availableReplicas = 0 } = status;
  const counts = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'] as const;
  const errors = counts.flatMap((field) => nonNegative(`status.${field}`, status[field]));
  for (const field of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[field] ?? 0;
    if (count > replicas) errors.push(invalidValue(`status.${field}`, count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas)
    errors.push(invalidValue('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  return errors;
}
