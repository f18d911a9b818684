/** Between JSON and the values expressions work on: whole numbers are integers (BigInt), objects of known fields are structs. */
import { isDeepStrictEqual } from 'node:util';
import { Optional } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { formatRfc3339, parseDuration, parseTimestamp } from './library/timestamps.ts';

export type Convert = (value: unknown) => unknown;

/** A value of an expression handed on to another as it is: `Program.evaluateRaw` gives one. */
export class RawValue {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** An object whose fields are found out when an expression asks for them, each once. Undefined: the field is absent. */
export class LazyFields {
  readonly resolve: (field: string) => unknown;

  constructor(resolve: (field: string) => unknown) {
    this.resolve = resolve;
  }
}

/** What a struct is made of; null for an object that isn't there, which equals null and has no fields. */
export type Source = Record<string, unknown> | LazyFields | null;

/** A value of an object type. Fields are converted when they are read. One class per type is derived, as the library tells types by class. */
export class Struct extends Map<string, unknown> {
  readonly source: Source;
  readonly #fields: ReadonlyMap<string, Convert>;

  constructor(source: Source, fields: ReadonlyMap<string, Convert>) {
    super();
    this.source = source;
    this.#fields = fields;
  }

  override get(field: string): unknown {
    if (super.has(field)) return super.get(field);
    const convert = this.#fields.get(field);
    const { source } = this;
    const found = source instanceof LazyFields ? source.resolve(field) : source && Object.hasOwn(source, field) ? source[field] : undefined;
    // A struct doesn't tell null from absent.
    const value = !convert || found === undefined || found === null ? undefined : convert(found);
    super.set(field, value);
    return value;
  }

  get isNull(): boolean {
    return this.source === null;
  }

  equals(other: Struct): boolean {
    return isDeepStrictEqual(this.source, other.source);
  }
}

/** JSON of no known type. */
export function toDyn(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof RawValue) return value.value;
  if (Array.isArray(value)) return value.map(toDyn);
  if (!isPlain(value)) return value;
  const map = new Map<string, unknown>();
  for (const [key, entry] of Object.entries(value)) if (entry !== undefined) map.set(key, toDyn(entry));
  return map;
}

/** A JSON value brought into the form of expressions once, for a variable of type dyn in many evaluations. */
export const dynamic = (value: unknown): RawValue => new RawValue(toDyn(value));

const scalars: Record<string, (value: unknown) => unknown> = {
  dyn: toDyn,
  int: (value) => (typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value),
  uint: (value) => (typeof value === 'number' ? new UnsignedInt(BigInt(value)) : value),
  bytes: (value) => (typeof value === 'string' ? Buffer.from(value, 'base64') : value),
  timestamp: (value) => (typeof value === 'string' ? parseTimestamp(value) : value),
  duration: (value) => (typeof value === 'string' ? parseDuration(value) : value),
};

/** From JSON to a type that has no parts. */
export const scalarConversion = (type: string): Convert => {
  const convert = scalars[type];
  return (value) => (value instanceof RawValue ? value.value : convert ? convert(value) : value);
};

/** Back to JSON; what JSON has no form for becomes its text. */
export function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Struct) return value.source instanceof LazyFields ? {} : value.source;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, entry]) => [String(key), fromCel(entry)]));
  if (value instanceof Optional) return value.hasValue() ? fromCel(value.value()) : null;
  if (value instanceof UnsignedInt) return Number(value.valueOf());
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return formatRfc3339(value);
  if (value instanceof Duration) return value.toString();
  if (isPlain(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromCel(entry)]));
  return String(value);
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
