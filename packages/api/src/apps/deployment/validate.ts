import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '@t8s/meta';
import { nonNegative } from '../../field-checks.ts';
import type { Deployment, DeploymentStrategy, RollingUpdateDeployment } from '../../generated/types.ts';
import { atMostAll, immutable, isZero, neverDecremented, validateIntOrPercent, validateSelectorAndTemplate } from '../validate-template.ts';

export function validateDeployment({ spec }: Deployment): FieldError[] {
  const { minReadySeconds = 0, progressDeadlineSeconds: deadline } = spec;
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...validateSelectorAndTemplate(spec, { kind: 'ReplicaSet', emptyFor: 'deployment', path: 'spec' }),
    ...validateStrategy(spec.strategy ?? {}, 'spec.strategy'),
    ...nonNegative('spec.minReadySeconds', minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...nonNegative('spec.progressDeadlineSeconds', deadline),
    ...(deadline !== undefined && deadline <= minReadySeconds
      ? [invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
      : []),
  ];
}

export function validateDeploymentUpdate({ spec }: Deployment, old: Deployment): FieldError[] {
  return immutable('spec.selector', spec.selector, old.spec.selector);
}

export function validateDeploymentStatus({ status = {} }: Deployment, old: Deployment): FieldError[] {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  const counts = [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
  ] as const;
  const errors = counts.flatMap((field) => nonNegative(`status.${field}`, status[field]));
  errors.push(...nonNegative('status.collisionCount', status.collisionCount));
  for (const field of ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[field] ?? 0;
    if (count > replicas) errors.push(invalidValue(`status.${field}`, count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas)
    errors.push(invalidValue('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  return [...errors, ...neverDecremented('status.collisionCount', status.collisionCount, old.status?.collisionCount)];
}

function validateStrategy({ type = '', rollingUpdate }: DeploymentStrategy, path: string): FieldError[] {
  const at = `${path}.rollingUpdate`;
  switch (type) {
    case 'Recreate':
      return rollingUpdate ? [forbiddenField(at, "may not be specified when strategy `type` is 'Recreate'")] : [];
    case 'RollingUpdate':
      return rollingUpdate ? validateRollingUpdate(rollingUpdate, at) : [required(at, 'this should be defaulted and never be nil')];
    default:
      return [notSupported(`${path}.type`, type, ['Recreate', 'RollingUpdate'])];
  }
}

function validateRollingUpdate({ maxUnavailable, maxSurge }: RollingUpdateDeployment, path: string): FieldError[] {
  return [
    ...validateIntOrPercent(`${path}.maxUnavailable`, maxUnavailable),
    ...validateIntOrPercent(`${path}.maxSurge`, maxSurge),
    ...(isZero(maxUnavailable) && isZero(maxSurge)
      ? [invalidValue(`${path}.maxUnavailable`, maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...atMostAll(`${path}.maxUnavailable`, maxUnavailable),
  ];
}
