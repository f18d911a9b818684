/** When the failure of a pod fails the job (KEP-3329), and when a part of its indexes is enough (KEP-3998). */
import {
  duplicate,
  type FieldError,
  invalidValue,
  invalidWhole,
  isQualifiedName,
  notSupported,
  required,
  tooLong,
  tooMany,
} from '@t8s/meta';
import { invalidBy, nonNegative } from '../../field-checks.ts';
import type {
  JobSpec,
  PodFailurePolicy,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicy,
  SuccessPolicyRule,
} from '../../generated/types.ts';
import { countIndexes, IndexesError } from './indexes.ts';

const maxRules = 20;
const maxPatterns = 20;
const maxExitCodes = 255;
const maxIndexesText = 64 * 1024;

export function validatePodFailurePolicy(policy: PodFailurePolicy, spec: JobSpec, path: string): FieldError[] {
  const rules = `${path}.rules`;
  return [
    ...(policy.rules.length > maxRules ? [tooMany(rules, policy.rules.length, maxRules)] : []),
    ...policy.rules.flatMap((rule, i) => validateFailureRule(rule, spec, `${rules}[${i}]`)),
  ];
}

function validateFailureRule(rule: PodFailurePolicyRule, spec: JobSpec, path: string): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const errors =
    action === 'FailIndex'
      ? spec.backoffLimitPerIndex === undefined
        ? [invalidValue(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set')]
        : []
      : oneOfQuoted(`${path}.action`, action, ['Count', 'FailIndex', 'FailJob', 'Ignore']);
  if (onExitCodes) errors.push(...validateExitCodes(onExitCodes, spec, `${path}.onExitCodes`));
  if (onPodConditions.length > 0) errors.push(...validatePatterns(onPodConditions, `${path}.onPodConditions`));
  if (onExitCodes && onPodConditions.length > 0)
    errors.push(invalidWhole(path, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!onExitCodes && onPodConditions.length === 0)
    errors.push(invalidWhole(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

function validatePatterns(patterns: readonly PodFailurePolicyOnPodConditionsPattern[], path: string): FieldError[] {
  return [
    ...(patterns.length > maxPatterns ? [tooMany(path, patterns.length, maxPatterns)] : []),
    ...patterns.flatMap(({ type, status }, i) => [
      ...invalidBy(`${path}[${i}].type`, type, isQualifiedName(type)),
      ...oneOfQuoted(`${path}[${i}].status`, status, ['False', 'True', 'Unknown']),
    ]),
  ];
}

function validateExitCodes(requirement: PodFailurePolicyOnExitCodesRequirement, { template }: JobSpec, path: string): FieldError[] {
  const { containerName, operator, values = [] } = requirement;
  const containers = [...(template.spec?.containers ?? []), ...(template.spec?.initContainers ?? [])];
  const at = `${path}.values`;
  const errors = oneOfQuoted(`${path}.operator`, operator, ['In', 'NotIn']);
  if (containerName !== undefined && !containers.some(({ name }) => name === containerName))
    errors.push(
      invalidValue(`${path}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template'),
    );
  if (values.length === 0) errors.push(invalidValue(at, values, 'at least one value is required'));
  else if (values.length > maxExitCodes) errors.push(tooMany(at, values.length, maxExitCodes));
  const seen = new Set<number>();
  for (const [i, value] of values.entries()) {
    if (operator === 'In' && value === 0) errors.push(invalidValue(`${at}[${i}]`, value, 'must not be 0 for the In operator'));
    if (seen.has(value)) errors.push(duplicate(`${at}[${i}]`, value));
    seen.add(value);
  }
  if (values.some((value, i) => (values[i - 1] ?? value) > value)) errors.push(invalidValue(at, values, 'must be ordered'));
  return errors;
}

/** Absent is Required, with what would do. */
function oneOfQuoted(path: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  if (!value) return [required(path, `valid values: [${supported.map((s) => JSON.stringify(s)).join(' ')}]`)];
  return supported.includes(value) ? [] : [notSupported(path, value, supported)];
}

export function validateSuccessPolicy({ rules }: SuccessPolicy, completions: number, path: string): FieldError[] {
  const at = `${path}.rules`;
  return [
    ...(rules.length === 0 ? [required(at, 'at least one rules must be specified when the successPolicy is specified')] : []),
    ...(rules.length > maxRules ? [tooMany(at, rules.length, maxRules)] : []),
    ...rules.flatMap((rule, i) => validateSuccessRule(rule, completions, `${at}[${i}]`)),
  ];
}

function validateSuccessRule(
  { succeededCount: count, succeededIndexes: indexes }: SuccessPolicyRule,
  completions: number,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (count === undefined && indexes === undefined)
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  let total = 0;
  if (indexes !== undefined) {
    const at = `${path}.succeededIndexes`;
    if (Buffer.byteLength(indexes) > maxIndexesText) errors.push(tooLong(at, maxIndexesText));
    try {
      total = countIndexes(indexes, completions);
    } catch (error) {
      if (!(error instanceof IndexesError)) throw error;
      errors.push(invalidValue(at, indexes, `error parsing succeededIndexes: ${error.message}`));
    }
  }
  if (count === undefined) return errors;
  const at = `${path}.succeededCount`;
  const atMost = (limit: number, of: string): FieldError[] =>
    count > limit ? [invalidValue(at, count, `must be less than or equal to ${limit} (the number of ${of})`)] : [];
  return [
    ...errors,
    ...nonNegative(at, count),
    ...atMost(completions, 'specified completions'),
    ...(indexes === undefined ? [] : atMost(total, 'indexes in the specified succeededIndexes field')),
  ];
}
