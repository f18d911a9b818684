/** Checks that fields of many kinds share; each gives the errors of apimachinery's and core's validation (v1.34). */
import { isIP } from 'node:net';
import { type FieldError, invalidValue, isQualifiedName, notSupported, required } from '@t8s/meta';

/**
 * All that several checks have found; a check that does not apply may be left out as false or undefined. Nearly always nothing: an
 * array of spread arrays would cost many times as much, for every object that is written.
 */
export function all<T>(...checks: readonly (readonly T[] | false | undefined)[]): T[] {
  const found: T[] = [];
  for (const check of checks) if (check && check.length > 0) found.push(...check);
  return found;
}

/** All that `check` finds in the items of a list; nothing in one that is absent. */
export function each<Item, T>(items: readonly Item[] | undefined, check: (item: Item, i: number) => readonly T[]): T[] {
  const found: T[] = [];
  if (items === undefined) return found;
  for (let i = 0; i < items.length; i++) {
    const errors = check(items[i] as Item, i);
    if (errors.length > 0) found.push(...errors);
  }
  return found;
}

/** An `Invalid` error for each message of a name check. */
export function invalidBy(path: string, value: unknown, messages: readonly string[]): FieldError[] {
  return messages.length === 0 ? [] : messages.map((message) => invalidValue(path, value, message));
}

/** Absent is Required, anything but `supported` NotSupported. */
export function oneOf(path: string, value: string | undefined, supported: readonly string[], whenAbsent = ''): FieldError[] {
  if (value === undefined || value === '') return [required(path, whenAbsent)];
  return optionalOneOf(path, value, supported);
}

/** Anything but `supported` is NotSupported; the empty text counts as a value. */
export function optionalOneOf(path: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(path, value, supported)];
}

export function requiredText(path: string, value: string | undefined, detail = ''): FieldError[] {
  return value === undefined || value === '' ? [required(path, detail)] : [];
}

export const inclusiveRange = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;

export function inRange(path: string, value: number | undefined, low: number, high: number): FieldError[] {
  return value === undefined || (value >= low && value <= high) ? [] : [invalidValue(path, value, inclusiveRange(low, high))];
}

export function nonNegative(path: string, value: number | undefined): FieldError[] {
  return value === undefined || value >= 0 ? [] : [invalidValue(path, value, 'must be greater than or equal to 0')];
}

/** The key of a label, and of whatever is named like one. */
export function labelName(path: string, value: string): FieldError[] {
  return invalidBy(path, value, isQualifiedName(value));
}

/** An address as old fields take it: IPv4 octets may have leading zeros. */
export function ipAddress(path: string, value: string | undefined): FieldError[] {
  const text = value ?? '';
  if (isIP(text) !== 0 || isIP(text.replaceAll(/\b0+(?=\d)/g, '')) === 4) return [];
  return [invalidValue(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

/** A UID or GID. */
export function userOrGroupId(path: string, value: number | undefined): FieldError[] {
  return inRange(path, value, 0, 2 ** 31 - 1);
}

/** What Go's zero value stands for: absent, '', 0, false, or nothing in it. */
export function isUnset(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}
