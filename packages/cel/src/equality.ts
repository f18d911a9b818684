import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { Struct } from './values.ts';

/** CEL's equality across all types: numbers by value, lists and maps by their parts, anything else unequal. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [left, right] = [numeric(a), numeric(b)];
  // biome-ignore lint/suspicious/noDoubleEquals: integers and doubles of the same value are equal
  if (left !== undefined && right !== undefined) return left == right;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((element, i) => isEqual(element, b[i]));
  if (a instanceof Struct) return b instanceof Struct && a.equals(b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Duration) return b instanceof Duration && a.seconds === b.seconds && a.nanos === b.nanos;
  if (hasEquals(a)) return a.constructor === b.constructor && a.equals(b);
  const [entries, others] = [entriesOf(a), entriesOf(b)];
  return entries.size === others.size && [...entries].every(([key, value]) => others.has(key) && isEqual(value, others.get(key)));
}

const numeric = (value: unknown): number | bigint | undefined =>
  typeof value === 'number' || typeof value === 'bigint' ? value : value instanceof UnsignedInt ? value.valueOf() : undefined;

const hasEquals = (value: object): value is { equals(other: unknown): boolean } => 'equals' in value;

const entriesOf = (value: object): Map<unknown, unknown> => (value instanceof Map ? value : new Map(Object.entries(value)));
