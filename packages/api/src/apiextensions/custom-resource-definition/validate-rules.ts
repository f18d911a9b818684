import { type FieldError, invalidValue, notSupported, required } from '@t8s/meta';
import type { JSONSchemaProps, ValidationRule } from '../../generated/types.ts';
import { findField } from './field-path.ts';

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** What can be said of validation rules without a compiler of their language. */
export function validateRules(schema: JSONSchemaProps, path: string): FieldError[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule, i) => {
    const at = `${path}.x-kubernetes-validations[${i}]`;
    return [...validateMessage(rule, at), ...validateReason(rule, at), ...validateFieldPath(rule, schema, at)];
  });
}

const hasNewlines = (text: string): boolean => /[\n\r]/.test(text);

function validateMessage({ rule = '', message = '', messageExpression = '' }: ValidationRule, at: string): FieldError[] {
  const expression =
    messageExpression !== '' && messageExpression.trim() === ''
      ? [required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified')]
      : [];
  if (rule.trim() === '') return [required(`${at}.rule`, 'rule is not specified'), ...expression];
  if (message !== '' && message.trim() === '')
    return [invalidValue(`${at}.message`, message, 'message must be non-empty if specified'), ...expression];
  if (hasNewlines(message.trim())) return [invalidValue(`${at}.message`, message, 'message must not contain line breaks'), ...expression];
  if (hasNewlines(rule.trim()) && message === '')
    return [required(`${at}.message`, 'message must be specified if rule contains line breaks'), ...expression];
  return expression;
}

const validateReason = ({ reason }: ValidationRule, at: string): FieldError[] =>
  reason === undefined || reasons.includes(reason) ? [] : [notSupported(`${at}.reason`, reason, reasons)];

function validateFieldPath({ fieldPath = '' }: ValidationRule, schema: JSONSchemaProps, at: string): FieldError[] {
  if (fieldPath === '') return [];
  const invalid = (why: string): FieldError => invalidValue(`${at}.fieldPath`, fieldPath, why);
  return [
    ...(fieldPath.trim() === '' ? [invalid('fieldPath must be non-empty if specified')] : []),
    ...(hasNewlines(fieldPath) ? [invalid('fieldPath must not contain line breaks')] : []),
    ...(findField(fieldPath, schema, { arrayNotation: true }) instanceof Error ? [invalid('fieldPath must be a valid path')] : []),
  ];
}
