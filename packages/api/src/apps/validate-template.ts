/** Rules that Deployments, ReplicaSets and DaemonSets share: a selector that fits its pod template, counts and percentages. */
import {
  type FieldError,
  forbiddenField,
  type IntOrString,
  invalidValue,
  type LabelSelector,
  notSupported,
  regexError,
  required,
  toSelector,
} from '@t8s/meta';
import { validatePodTemplate } from '../core/pod/validate.ts';
import { nonNegative } from '../field-checks.ts';
import type { PodTemplateSpec } from '../generated/types.ts';
import { isEmptySelector, validateLabelSelector } from '../label-selector.ts';
import { semanticEqual } from '../semantic-equal.ts';

/** `kind` as messages name it: `ReplicaSet` for Deployments too. `path` is that of the spec. */
export function validateSelectorAndTemplate(
  { selector, template }: { selector?: LabelSelector; template?: PodTemplateSpec },
  { kind, emptyFor, path }: { kind: string; emptyFor: string; path: string },
): FieldError[] {
  const at = `${path}.template`;
  const errors = selector === undefined ? [required(`${path}.selector`)] : validateLabelSelector(selector, `${path}.selector`);
  if (selector !== undefined && isEmptySelector(selector))
    errors.push(invalidValue(`${path}.selector`, selector, `empty selector is invalid for ${emptyFor}`));
  if (template === undefined) return [...errors, required(at)];
  const labels = template.metadata?.labels;
  if (errors.length === 0 && !toSelector(selector).matches(labels))
    errors.push(invalidValue(`${at}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`'));
  errors.push(...validatePodTemplate(template, at));
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== 'Always') errors.push(notSupported(`${at}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  if (activeDeadlineSeconds !== undefined)
    errors.push(forbiddenField(`${at}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`));
  return errors;
}

export function immutable(path: string, value: unknown, old: unknown): FieldError[] {
  return semanticEqual(value, old) ? [] : [invalidValue(path, value ?? null, 'field is immutable')];
}

/** A count, or a percentage of the replicas. */
export function validateIntOrPercent(path: string, value: IntOrString = 0): FieldError[] {
  if (typeof value === 'number') return nonNegative(path, value);
  if (percent(value) !== undefined) return [];
  const message = "a valid percent string must be a numeric string followed by an ending '%'";
  return [invalidValue(path, value, regexError(message, '[0-9]+%', '1%', '93%'))];
}

export function atMostAll(path: string, value: IntOrString = 0): FieldError[] {
  return (percent(value) ?? 0) > 100 ? [invalidValue(path, value, 'must not be greater than 100%')] : [];
}

/** True for 0 and 0%. */
export const isZero = (value: IntOrString = 0): boolean => (typeof value === 'number' ? value : (percent(value) ?? 0)) === 0;

function percent(value: IntOrString): number | undefined {
  return typeof value === 'string' && /^\d+%$/.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/** A collision counter only goes up. */
export function neverDecremented(path: string, value: number | undefined, old: number | undefined): FieldError[] {
  return old !== undefined && (value ?? -1) < old ? [invalidValue(path, value ?? null, 'cannot be decremented')] : [];
}
