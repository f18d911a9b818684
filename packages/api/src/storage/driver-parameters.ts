/** Whom a class asks for volumes, and what it tells him: storage's validateProvisioner and validateParameters. */
import { type FieldError, forbiddenField, invalidValue, isQualifiedName, required, tooLong } from '@t8s/meta';
import { invalidBy } from '../field-checks.ts';
import { semanticEqual } from '../semantic-equal.ts';

const limits = { parameters: 512, bytes: 256 * 1024 };

export function validateDriver(name: string | undefined, path: string): FieldError[] {
  return name ? invalidBy(path, name.toLowerCase(), isQualifiedName(name.toLowerCase())) : [required(path)];
}

export function validateParameters(parameters: Readonly<Record<string, string>> | undefined, { empty }: { empty: boolean }): FieldError[] {
  const entries = Object.entries(parameters ?? {});
  if (entries.length > limits.parameters) return [tooLong('parameters', limits.parameters)];
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...(entries.some(([key]) => key === '') ? [invalidValue('parameters', '', 'field can not be empty.')] : []),
    ...(size > limits.bytes ? [tooLong('parameters', limits.bytes)] : []),
    ...(!empty && entries.length === 0 ? [required('parameters', 'must contain at least one key/value pair')] : []),
  ];
}

/** What a class says once and for all: another wish is another class. */
export function unchanged<T>(object: T, old: T, fields: readonly (keyof T & string)[]): FieldError[] {
  return fields
    .filter((field) => !semanticEqual(object[field], old[field]))
    .map((field) => forbiddenField(field, `updates to ${field} are forbidden.`));
}
