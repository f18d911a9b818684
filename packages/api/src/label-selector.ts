/** A LabelSelector in an object of the API: apimachinery's ValidateLabelSelector. */
import { type FieldError, forbiddenField, invalidValue, isLabelValue, type LabelSelector, required } from '@t8s/meta';
import { invalidBy, labelName } from './field-checks.ts';
import { validateLabels } from './object-meta/validate.ts';

export function validateLabelSelector(selector: LabelSelector | undefined, path: string): FieldError[] {
  if (selector === undefined) return [];
  return [
    ...validateLabels(selector.matchLabels, `${path}.matchLabels`),
    ...(selector.matchExpressions ?? []).flatMap((requirement, i) => validateRequirement(requirement, `${path}.matchExpressions[${i}]`)),
  ];
}

function validateRequirement(
  { key = '', operator = '', values = [] }: NonNullable<LabelSelector['matchExpressions']>[number],
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else {
    errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  return [
    ...errors,
    ...labelName(`${path}.key`, key),
    ...values.flatMap((value, i) => invalidBy(`${path}.values[${i}]`, value, isLabelValue(value))),
  ];
}

/** True where the selector selects by nothing: it would match every object. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
}
