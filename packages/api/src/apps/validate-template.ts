/** Rules that kinds with a pod template share: a selector that fits the template, counts and percentages. */
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

/** What tells Deployments and DaemonSets apart here. `path` is that of the spec. */
interface TemplateRules {
  /** As messages name it: `ReplicaSet` for Deployments too. */
  kind: 'ReplicaSet' | 'DaemonSet';
  /** As the message about an empty selector names it. */
  emptyFor: string;
  path: string;
}

export function validateSelectorAndTemplate(
  { selector, template }: { selector?: LabelSelector; template?: PodTemplateSpec },
  { kind, emptyFor, path }: TemplateRules,
): FieldError[] {
  const at = `${path}.selector`;
  const malformed = validateLabelSelector(selector, at);
  const errors = selector === undefined && kind === 'ReplicaSet' ? [required(at)] : [...malformed];
  const isEmpty = selector !== undefined && isEmptySelector(selector);
  if (isEmpty) errors.push(invalidValue(at, selector, `empty selector is invalid for ${emptyFor}`));
  if (malformed.length > 0 && kind === 'ReplicaSet') return [...errors, invalidValue(at, selector, 'invalid label selector')];
  if (template === undefined) return [...errors, required(`${path}.template`)];
  const labels = template.metadata?.labels;
  if (malformed.length === 0 && !toSelector(selector).matches(labels))
    errors.push(invalidValue(`${path}.template.metadata.labels`, labels ?? null, '`selector` does not match template `labels`'));
  return [...errors, ...validatePodTemplate(template, `${path}.template`), ...validateEndless(template, kind, `${path}.template`)];
}

/** The template's pods run for ever: they are restarted and have no deadline. */
export function validateEndless({ spec }: PodTemplateSpec, kind: string, path: string): FieldError[] {
  const { restartPolicy = '', activeDeadlineSeconds } = spec ?? {};
  return [
    ...(restartPolicy === 'Always' ? [] : [notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [forbiddenField(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`)]),
  ];
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
