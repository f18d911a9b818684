import { type FieldError, invalidValue } from '@t8s/meta';
import { atMostAll, validateIntOrPercent } from '../../apps/validate-template.ts';
import { validateConditions } from '../../conditions.ts';
import { nonNegative, optionalOneOf } from '../../field-checks.ts';
import type { PodDisruptionBudget } from '../../generated/types.ts';
import { validateLabelSelector } from '../../label-selector.ts';

export function validatePodDisruptionBudget({ spec }: PodDisruptionBudget): FieldError[] {
  const limits = (['minAvailable', 'maxUnavailable'] as const).filter((field) => spec[field] !== undefined);
  return [
    ...(limits.length > 1 ? [invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...limits.flatMap((field) => [...validateIntOrPercent(`spec.${field}`, spec[field]), ...atMostAll(`spec.${field}`, spec[field])]),
    ...validateLabelSelector(spec.selector, 'spec.selector'),
    ...optionalOneOf('spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget']),
  ];
}

export function validatePodDisruptionBudgetStatus({ status }: PodDisruptionBudget): FieldError[] {
  return [
    ...validateConditions(status?.conditions ?? [], 'status.conditions'),
    ...(['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const).flatMap((field) =>
      nonNegative(`status.${field}`, status?.[field]),
    ),
  ];
}
