import { duplicate, type FieldError, invalidValue, isDns1035Label, isDns1123Subdomain, required } from '@t8s/meta';
import { validateConditions } from '../../conditions.ts';
import { labelName, oneOf, optionalOneOf, requiredText } from '../../field-checks.ts';
import type { AuditAnnotation, ParamKind, ValidatingAdmissionPolicy, Validation, Variable } from '../../generated/types.ts';
import { validateMatchConditions } from '../match-conditions.ts';
import { failurePolicies, validateMatchResources } from '../match-rules.ts';

const maxAuditAnnotations = 20;
/** Bytes of an expression whose value may be twice as long. */
const maxValueExpression = 5 * 1024;
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];
const nothing = 'validations or auditAnnotations must contain at least one item';

/** All but the expressions: those the apiserver compiles itself, so that nobody else needs a compiler. */
export function validatePolicy({ metadata, spec }: ValidatingAdmissionPolicy): FieldError[] {
  const { failurePolicy, paramKind, matchConstraints, validations = [], auditAnnotations = [] } = spec;
  return [
    ...oneOf('spec.failurePolicy', failurePolicy, failurePolicies),
    ...(paramKind ? validateParamKind(paramKind, 'spec.paramKind') : []),
    ...(matchConstraints ? validateMatchResources(matchConstraints, 'spec.matchConstraints') : [required('spec.matchConstraints')]),
    // At least one rule gives expressions a type.
    ...(matchConstraints && (matchConstraints.resourceRules ?? []).length === 0 ? [required('spec.matchConstraints.resourceRules')] : []),
    ...validateMatchConditions(spec.matchConditions, 'spec.matchConditions'),
    ...(spec.variables ?? []).flatMap((variable, i) => validateVariable(variable, `spec.variables[${i}]`)),
    ...(validations.length === 0 && auditAnnotations.length === 0
      ? [required('spec.validations', nothing), required('spec.auditAnnotations', nothing)]
      : []),
    ...validations.flatMap((validation, i) => validateValidation(validation, `spec.validations[${i}]`)),
    ...validateAuditAnnotations(auditAnnotations, metadata.name ?? ''),
  ];
}

export function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: string): FieldError[] {
  return [
    ...(apiVersion === '' ? [required(`${path}.apiVersion`)] : validateApiVersion(apiVersion, `${path}.apiVersion`)),
    ...(kind === ''
      ? [required(`${path}.kind`)]
      : joined(`${path}.kind`, kind, isDns1035Label(kind.toLowerCase()), 'may have mixed case, but should otherwise match: ')),
  ];
}

function validateApiVersion(text: string, path: string): FieldError[] {
  const parts = text.split('/');
  if (parts.length > 2) return [invalidValue(path, text, `unexpected GroupVersion string: ${text}`)];
  const [group, version] = parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : ['', text];
  return [
    ...(group === '' ? [] : joined(path, group, isDns1123Subdomain(group))),
    ...(version === '' ? [invalidValue(path, text, 'version must be specified')] : joined(path, version, isDns1035Label(version))),
  ];
}

const joined = (path: string, value: string, messages: readonly string[], prefix = ''): FieldError[] =>
  messages.length > 0 ? [invalidValue(path, value, prefix + messages.join(','))] : [];

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

function validateVariable({ name = '', expression = '' }: Variable, path: string): FieldError[] {
  return [
    ...(name.trim() === ''
      ? [required(`${path}.name`, 'name is not specified')]
      : identifier.test(name) && !reserved.has(name)
        ? []
        : [invalidValue(`${path}.name`, name, 'name is not a valid CEL identifier')]),
    ...requiredText(`${path}.expression`, expression.trim(), 'expression is not specified'),
  ];
}

function validateValidation({ expression = '', message = '', messageExpression = '', reason }: Validation, path: string): FieldError[] {
  return [
    ...requiredText(`${path}.expression`, expression.trim(), 'expression is not specified'),
    ...(messageExpression !== '' && messageExpression.trim() === ''
      ? [invalidValue(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified')]
      : []),
    ...validateMessage(message, `${path}.message`),
    ...optionalOneOf(`${path}.reason`, reason, reasons),
  ];
}

function validateMessage(message: string, path: string): FieldError[] {
  if (message === '') return [];
  if (message.trim() === '') return [invalidValue(path, message, 'message must be non-empty if specified')];
  return /[\n\r]/.test(message.trim()) ? [invalidValue(path, message, 'message must not contain line breaks')] : [];
}

function validateAuditAnnotations(annotations: readonly AuditAnnotation[], name: string): FieldError[] {
  const path = 'spec.auditAnnotations';
  const keys = annotations.map(({ key }) => key);
  return [
    ...(annotations.length > maxAuditAnnotations
      ? [invalidValue(path, annotations, `must not have more than ${maxAuditAnnotations} auditAnnotations`)]
      : []),
    ...annotations.flatMap(({ key = '', valueExpression = '' }, i) => [
      ...(name === ''
        ? [invalidValue(`${path}[${i}].key`, key, 'requires metadata.name be non-empty')]
        : labelName(`${path}[${i}].key`, `${name}/${key}`)),
      ...(Buffer.byteLength(valueExpression.trim()) > maxValueExpression
        ? [required(`${path}[${i}].valueExpression`, `must not exceed ${maxValueExpression} bytes in length`)]
        : requiredText(`${path}[${i}].valueExpression`, valueExpression.trim(), 'valueExpression is not specified')),
      ...(keys.indexOf(key) < i ? [duplicate(`${path}[${i}].key`, key)] : []),
    ]),
  ];
}

export function validatePolicyStatus({ status = {} }: ValidatingAdmissionPolicy): FieldError[] {
  const path = 'status.typeChecking.expressionWarnings';
  return [
    ...(status.typeChecking?.expressionWarnings ?? []).flatMap(({ warning, fieldRef }, i) => [
      ...requiredText(`${path}[${i}].warning`, warning),
      ...requiredText(`${path}[${i}].fieldRef`, fieldRef?.trim()),
    ]),
    ...validateConditions(status.conditions ?? [], 'status.conditions'),
  ];
}
