import { type FieldError, invalidValue, notSupported, required } from '@t8s/meta';
import { nonNegative } from '../../field-checks.ts';
import type { DaemonSet, DaemonSetUpdateStrategy, RollingUpdateDaemonSet } from '../../generated/types.ts';
import { atMostAll, immutable, isZero, neverDecremented, validateIntOrPercent, validateSelectorAndTemplate } from '../validate-template.ts';

export function validateDaemonSet({ spec }: DaemonSet): FieldError[] {
  return [
    ...validateSelectorAndTemplate(spec, { kind: 'DaemonSet', emptyFor: 'daemonset', path: 'spec' }),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}, 'spec.updateStrategy'),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
}

export function validateDaemonSetUpdate({ spec }: DaemonSet, old: DaemonSet): FieldError[] {
  return immutable('spec.selector', spec.selector, old.spec.selector);
}

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
] as const;

export function validateDaemonSetStatus({ status }: DaemonSet, old: DaemonSet): FieldError[] {
  return [
    ...counts.flatMap((field) => nonNegative(`status.${field}`, status?.[field])),
    ...nonNegative('status.collisionCount', status?.collisionCount),
    ...neverDecremented('status.collisionCount', status?.collisionCount, old.status?.collisionCount),
  ];
}

function validateUpdateStrategy(strategy: DaemonSetUpdateStrategy, path: string): FieldError[] {
  if (strategy.type === 'OnDelete') return [];
  if (strategy.type !== 'RollingUpdate') return [notSupported(path, strategy, ['OnDelete', 'RollingUpdate'])];
  const at = `${path}.rollingUpdate`;
  return strategy.rollingUpdate ? validateRollingUpdate(strategy.rollingUpdate, at) : [required(at)];
}

/** Either nodes may lack their pod for a while, or have two. */
function validateRollingUpdate({ maxUnavailable, maxSurge }: RollingUpdateDaemonSet, path: string): FieldError[] {
  const errors = [
    ...validateIntOrPercent(`${path}.maxUnavailable`, maxUnavailable),
    ...validateIntOrPercent(`${path}.maxSurge`, maxSurge),
    ...atMostAll(`${path}.maxUnavailable`, maxUnavailable),
    ...atMostAll(`${path}.maxSurge`, maxSurge),
  ];
  if (!isZero(maxUnavailable) && !isZero(maxSurge))
    errors.push(invalidValue(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (isZero(maxUnavailable) && isZero(maxSurge)) errors.push(required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return errors;
}
