import { quote } from './quote.ts';

/**
 * What is wrong with one field. Messages are those of apimachinery's `field` package (v1.34), because kubectl shows them as they are.
 * Paths read like `spec.containers[0].name` or `metadata.labels`.
 */
export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'Duplicate'
  | 'NotFound'
  | 'NotSupported'
  | 'Forbidden'
  | 'TooLong'
  | 'TooMany'
  | 'TypeInvalid'
  | 'Internal';

export interface FieldError {
  type: FieldErrorType;
  field: string;
  badValue?: unknown;
  detail: string;
}

const reasons: Record<FieldErrorType, [reason: string, text: string]> = {
  Required: ['FieldValueRequired', 'Required value'],
  Invalid: ['FieldValueInvalid', 'Invalid value'],
  Duplicate: ['FieldValueDuplicate', 'Duplicate value'],
  NotFound: ['FieldValueNotFound', 'Not found'],
  NotSupported: ['FieldValueNotSupported', 'Unsupported value'],
  Forbidden: ['FieldValueForbidden', 'Forbidden'],
  TooLong: ['FieldValueTooLong', 'Too long'],
  TooMany: ['FieldValueTooMany', 'Too many'],
  TypeInvalid: ['FieldValueTypeInvalid', 'Invalid value'],
  Internal: ['InternalError', 'Internal error'],
};

export const required = (field: string, detail = ''): FieldError => ({ type: 'Required', field, detail });
export const invalidValue = (field: string, badValue: unknown, detail: string): FieldError => ({
  type: 'Invalid',
  field,
  badValue,
  detail,
});
/** About a value that the message does not repeat (upstream's OmitValueType). */
export const invalidWhole = (field: string, detail: string): FieldError => ({ type: 'Invalid', field, detail });
export const duplicate = (field: string, badValue: unknown): FieldError => ({ type: 'Duplicate', field, badValue, detail: '' });
export const notFoundValue = (field: string, badValue: unknown): FieldError => ({ type: 'NotFound', field, badValue, detail: '' });
export const forbiddenField = (field: string, detail: string): FieldError => ({ type: 'Forbidden', field, detail });
export const typeInvalid = (field: string, badValue: unknown, detail: string): FieldError => ({
  type: 'TypeInvalid',
  field,
  badValue,
  detail,
});

/** `supported` is printed sorted, as upstream's sets are. */
export function notSupported(field: string, badValue: unknown, supported: readonly string[]): FieldError {
  return notSupportedInOrder(field, badValue, [...supported].sort());
}

/** `supported` is printed as given: for the values that upstream lists by hand. */
export function notSupportedInOrder(field: string, badValue: unknown, supported: readonly string[]): FieldError {
  return {
    type: 'NotSupported',
    field,
    badValue,
    detail: supported.length > 0 ? `supported values: ${supported.map(quote).join(', ')}` : '',
  };
}

export function tooLong(field: string, maxBytes: number): FieldError {
  return { type: 'TooLong', field, detail: `may not be more than ${maxBytes} ${maxBytes === 1 ? 'byte' : 'bytes'}` };
}

export function tooMany(field: string, count: number, max: number): FieldError {
  return { type: 'TooMany', field, badValue: count, detail: `must have at most ${max} ${max === 1 ? 'item' : 'items'}` };
}

/** The `reason` of a Status cause. */
export function fieldErrorReason(error: FieldError): string {
  return reasons[error.type][0];
}

/** The error without its path: `Invalid value: "x": must be …`. The message of a Status cause. */
export function fieldErrorBody(error: FieldError): string {
  const [, text] = reasons[error.type];
  const head = 'badValue' in error ? `${text}: ${formatValue(error.badValue)}` : text;
  return error.detail === '' ? head : `${head}: ${error.detail}`;
}

export function fieldErrorMessage(error: FieldError): string {
  return `${error.field}: ${fieldErrorBody(error)}`;
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quote(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
