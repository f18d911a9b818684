/** What an autoscaler must be: autoscaling's ValidateHorizontalPodAutoscaler (v1.34). */
import { type FieldError, invalidValue, notSupported, required } from '@t8s/meta';
import { nonNegative } from '../../field-checks.ts';
import type { HorizontalPodAutoscalerSpecV2, HorizontalPodAutoscalerV2, HPAScalingPolicy, HPAScalingRules } from '../../generated/types.ts';
import { validateMetrics } from './validate-metrics.ts';
import { apiVersionProblem, validateReference } from './validate-reference.ts';

const maxPeriodSeconds = 1800;
const maxStabilizationSeconds = 3600;

export const validateHorizontalPodAutoscalerCreate = ({ spec }: HorizontalPodAutoscalerV2): FieldError[] => validateSpec(spec);

export const validateHorizontalPodAutoscalerUpdate = ({ spec }: HorizontalPodAutoscalerV2, old: HorizontalPodAutoscalerV2): FieldError[] =>
  validateSpec(spec, old.spec);

export function validateHorizontalPodAutoscalerStatus({ status }: HorizontalPodAutoscalerV2): FieldError[] {
  return (['currentReplicas', 'desiredReplicas'] as const).flatMap((field) => nonNegative(`status.${field}`, status?.[field]));
}

/** `old`: what is stored, whose references may lack what is asked of new ones. */
function validateSpec(spec: HorizontalPodAutoscalerSpecV2, old?: HorizontalPodAutoscalerSpecV2): FieldError[] {
  const { minReplicas, maxReplicas, scaleTargetRef: target, metrics = [], behavior } = spec;
  const lowest = old?.minReplicas === 0 ? 0 : 1;
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < lowest)
    errors.push(invalidValue('spec.minReplicas', minReplicas, `must be greater than or equal to ${lowest}`));
  if (maxReplicas < 1) errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  const sameTarget = old?.scaleTargetRef.apiVersion === target.apiVersion && old?.scaleTargetRef.kind === target.kind;
  const version = sameTarget ? 'any' : target.kind === 'ReplicationController' ? 'valid' : 'with a group';
  const describedAreInvalid = (old?.metrics ?? []).some(({ object }) => object && apiVersionProblem(object.describedObject, 'valid'));
  return [
    ...errors,
    ...validateReference(target, { version, path: 'spec.scaleTargetRef' }),
    ...validateMetrics(metrics, { minReplicas, version: describedAreInvalid ? 'any' : 'valid' }),
    ...validateRules(behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...validateRules(behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ];
}

function validateRules(rules: HPAScalingRules | undefined, path: string): FieldError[] {
  if (rules === undefined) return [];
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [] } = rules;
  const at = `${path}.stabilizationWindowSeconds`;
  return [
    ...(window < 0 ? [invalidValue(at, window, 'must be greater than or equal to zero')] : []),
    ...(window > maxStabilizationSeconds ? [invalidValue(at, window, `must be less than or equal to ${maxStabilizationSeconds}`)] : []),
    ...(selectPolicy === undefined || ['Max', 'Min', 'Disabled'].includes(selectPolicy)
      ? []
      : [notSupported(`${path}.selectPolicy`, selectPolicy, ['Max', 'Min', 'Disabled'])]),
    ...(policies.length === 0 ? [required(`${path}.policies`, 'must specify at least one Policy')] : []),
    ...policies.flatMap((policy, i) => validatePolicy(policy, `${path}.policies[${i}]`)),
  ];
}

function validatePolicy({ type, value, periodSeconds: period }: HPAScalingPolicy, path: string): FieldError[] {
  return [
    ...(type === 'Pods' || type === 'Percent' ? [] : [notSupported(`${path}.type`, type, ['Pods', 'Percent'])]),
    ...(value > 0 ? [] : [invalidValue(`${path}.value`, value, 'must be greater than zero')]),
    ...(period > 0 ? [] : [invalidValue(`${path}.periodSeconds`, period, 'must be greater than zero')]),
    ...(period > maxPeriodSeconds
      ? [invalidValue(`${path}.periodSeconds`, period, `must be less than or equal to ${maxPeriodSeconds}`)]
      : []),
  ];
}
