/** Conditions of the form that all newer kinds share (meta/v1 Condition): apimachinery's ValidateConditions. */
import { duplicate, type FieldError, invalidValue, notSupported, regexError, required, tooLong } from '@t8s/meta';
import { labelName } from './field-checks.ts';
import type { Condition } from './generated/types.ts';
import { repeats } from './repeats.ts';

const reason = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonPattern = new RegExp(`^${reason}$`);
const reasonError = regexError(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  reason,
  'my_name',
  'MY_NAME',
  'MyName',
  'ReasonA,ReasonB',
  'ReasonA:ReasonB',
);
const maxReason = 1024;
const maxMessage = 32 * 1024;

export function validateConditions(conditions: readonly Condition[], path: string): FieldError[] {
  const repeated = repeats(conditions, ({ type }) => type);
  return conditions.flatMap((condition, i) => [
    ...(repeated[i] ? [duplicate(`${path}[${i}].type`, condition.type)] : []),
    ...validateCondition(condition, `${path}[${i}]`),
  ]);
}

function validateCondition(
  { type, status, observedGeneration = 0, lastTransitionTime, reason, message }: Condition,
  path: string,
): FieldError[] {
  return [
    ...labelName(`${path}.type`, type),
    ...(['True', 'False', 'Unknown'].includes(status) ? [] : [notSupported(`${path}.status`, status, ['True', 'False', 'Unknown'])]),
    ...(observedGeneration < 0
      ? [invalidValue(`${path}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero')]
      : []),
    ...(lastTransitionTime ? [] : [required(`${path}.lastTransitionTime`, 'must be set')]),
    ...(reason === '' ? [required(`${path}.reason`, 'must be set')] : []),
    ...(reason !== '' && !reasonPattern.test(reason) ? [invalidValue(`${path}.reason`, reason, reasonError)] : []),
    ...(Buffer.byteLength(reason) > maxReason ? [tooLong(`${path}.reason`, maxReason)] : []),
    ...(Buffer.byteLength(message) > maxMessage ? [tooLong(`${path}.message`, maxMessage)] : []),
  ];
}
