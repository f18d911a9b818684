/** What a job must be: batch's ValidateJob and ValidateJobSpec (v1.34). */
import {
  type FieldError,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  notSupported,
  regexError,
  required,
  tooLong,
  toSelector,
} from '@t8s/meta';
import { validatePodTemplate } from '../../core/pod/validate.ts';
import { invalidBy, nonNegative, optionalOneOf } from '../../field-checks.ts';
import type { Job, JobSpec } from '../../generated/types.ts';
import { validateLabelSelector } from '../../label-selector.ts';
import { controllerUidLabel, jobNameLabel, legacyLabels } from './strategy.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './validate-policies.ts';

/** Bounds on the texts of completed and failed indexes in the status. */
const maxIndexes = 100_000;
const manyCompletions = 100_000;
const maxWithManyCompletions = 10_000;
const maxManagedBy = 63;

export const validateJobCreate = (job: Job): FieldError[] => validateJob(job, { prefixedLabels: true });

/** `prefixedLabels`: jobs made before these labels had a prefix lack them. */
export function validateJob(job: Job, { prefixedLabels }: { prefixedLabels: boolean }): FieldError[] {
  const { metadata, spec } = job;
  const { name = '' } = metadata;
  const { completionMode, completions = 0, selector, template } = spec;
  const errors = [...validateGeneratedSelector(job, prefixedLabels), ...validateJobSpec(spec, 'spec')];
  const malformed = validateLabelSelector(selector, 'spec.selector');
  errors.push(...(selector === undefined ? [required('spec.selector')] : malformed));
  const labels = template.metadata?.labels;
  if (malformed.length === 0 && !toSelector(selector).matches(labels))
    errors.push(invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'));
  const lastPod = `${name}-${completions - 1}`;
  if (completionMode === 'Indexed' && completions > 0 && isDns1123Label(lastPod).length > 0)
    errors.push(invalidValue('metadata.name', name, `will not able to create pod with invalid DNS label: ${lastPod}`));
  return errors;
}

/** Unless the selector is the user's, it and the labels of the template are those that the strategy makes. */
function validateGeneratedSelector({ metadata, spec }: Job, prefixedLabels: boolean): FieldError[] {
  const { manualSelector, selector, template } = spec;
  if (manualSelector || selector === undefined) return [];
  const { name = '', uid = '' } = metadata;
  const expected: Record<string, string> = {
    [legacyLabels.controllerUid]: uid,
    [legacyLabels.jobName]: name,
    ...(prefixedLabels && { [controllerUidLabel]: uid, [jobNameLabel]: name }),
  };
  const labels = template.metadata?.labels ?? {};
  const errors = uid === '' ? [required('metadata.uid')] : [];
  for (const [key, value] of Object.entries(expected)) {
    const at = `spec.template.metadata.labels[${key}]`;
    if (labels[key] === undefined) errors.push(required(at, `must be '${value}'`));
    else if (labels[key] !== value) errors.push(invalidValue(at, labels, `must be '${value}'`));
  }
  if (validateLabelSelector(selector, '').length === 0 && !toSelector(selector).matches(expected))
    errors.push(invalidValue('spec.selector', selector, '`selector` not auto-generated'));
  return errors;
}

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

/** All rules but those of the selector, which templates of jobs don't have. */
export function validateJobSpec(spec: JobSpec, path: string): FieldError[] {
  const { managedBy, completionMode, podFailurePolicy, successPolicy, completions = 0 } = spec;
  const isIndexed = completionMode === 'Indexed';
  return [
    ...counts.flatMap((field) => nonNegative(`${path}.${field}`, spec[field])),
    ...(spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined
      ? [required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
    ...(managedBy === undefined ? [] : validateManagedBy(managedBy, `${path}.managedBy`)),
    ...optionalOneOf(`${path}.completionMode`, completionMode, ['NonIndexed', 'Indexed']),
    ...(isIndexed ? validateIndexed(spec, path) : []),
    ...(completionMode === undefined || completionMode === 'NonIndexed' ? validateNonIndexed(spec, path) : []),
    ...(podFailurePolicy ? validatePodFailurePolicy(podFailurePolicy, spec, `${path}.podFailurePolicy`) : []),
    ...(successPolicy
      ? isIndexed
        ? validateSuccessPolicy(successPolicy, completions, `${path}.successPolicy`)
        : [invalidValue(`${path}.successPolicy`, successPolicy, 'requires indexed completion mode')]
      : []),
    ...optionalOneOf(
      `${path}.podReplacementPolicy`,
      spec.podReplacementPolicy,
      podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'],
    ),
    ...validatePodTemplate(spec.template ?? {}, `${path}.template`),
    ...validateRestartPolicy(spec, `${path}.template.spec.restartPolicy`),
  ];
}

function validateIndexed(
  { completions, parallelism = 0, maxFailedIndexes: maxFailed, backoffLimitPerIndex }: JobSpec,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const atMost = (field: 'parallelism' | 'maxFailedIndexes', limit: number, when = ''): void => {
    const value = field === 'parallelism' ? parallelism : maxFailed;
    if (value !== undefined && value > limit)
      errors.push(invalidValue(`${path}.${field}`, value, `must be less than or equal to ${limit}${when}`));
  };
  if (completions === undefined) errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  atMost('parallelism', maxIndexes, ' when completion mode is Indexed');
  if (completions !== undefined && maxFailed !== undefined && maxFailed > completions)
    errors.push(invalidValue(`${path}.maxFailedIndexes`, maxFailed, 'must be less than or equal to completions'));
  atMost('maxFailedIndexes', maxIndexes);
  if (completions !== undefined && completions > manyCompletions && backoffLimitPerIndex !== undefined) {
    const when = ` when completions are above ${manyCompletions} and used with backoff limit per index`;
    if (maxFailed === undefined)
      errors.push(required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${manyCompletions}`));
    atMost('parallelism', maxWithManyCompletions, when);
    atMost('maxFailedIndexes', maxWithManyCompletions, when);
  }
  return errors;
}

function validateNonIndexed(spec: JobSpec, path: string): FieldError[] {
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap((field) =>
    spec[field] === undefined ? [] : [invalidValue(`${path}.${field}`, spec[field], 'requires indexed completion mode')],
  );
}

/** The name of another controller: `domain/path`. */
function validateManagedBy(value: string, path: string): FieldError[] {
  const length = value.length > maxManagedBy ? [tooLong(path, maxManagedBy)] : [];
  if (value === '') return [required(path)];
  const slash = value.indexOf('/');
  const [domain, rest] = [value.slice(0, slash), value.slice(slash + 1)];
  if (slash <= 0 || rest === '') return [invalidValue(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")'), ...length];
  const characters = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
  return [
    ...invalidBy(path, domain, isDns1123Subdomain(domain)),
    ...(new RegExp(`^${characters}$`).test(rest) ? [] : [invalidValue(path, rest, regexError('Invalid path', characters))]),
    ...length,
  ];
}

/** `Always` is what templates have by default: it counts as not given. */
function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, path: string): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') return [required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(path, policy, ['OnFailure', 'Never'])];
  if (podFailurePolicy && policy !== 'Never')
    return [invalidValue(path, policy, 'only "Never" is supported when podFailurePolicy is specified')];
  return [];
}
