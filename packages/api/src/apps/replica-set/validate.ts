import type { FieldError } from '@t8s/meta';
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
