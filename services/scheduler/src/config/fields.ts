/** Reads a decoded document field by field, and collects everything that is wrong with it. */
import { canonicalize, DecodeError } from '@t8s/codec';
import { parseDuration } from '@t8s/component';
import { duplicate, type FieldError, invalidValue, notSupported, required, typeInvalid } from '@t8s/meta';

export interface Range {
  min?: number;
  max?: number;
  /** What is said of a number outside; upstream has words of its own for each. */
  says?: string;
}

export class Fields {
  readonly path: string;
  readonly errors: FieldError[];
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();

  /** `errors` is shared by all parts of a document. */
  constructor(value: unknown, path: string, errors: FieldError[]) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.path = path;
    this.errors = errors;
    this.#values = isObject ? (value as Record<string, unknown>) : {};
    if (!isObject && value !== null && value !== undefined) errors.push(typeInvalid(path, value, 'must be an object'));
  }

  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  /** Null and absent are one. */
  value(name: string): unknown {
    this.#read.add(name);
    return this.#values[name] ?? undefined;
  }

  string(name: string, fallback: string): string {
    return this.#typed(name, (value) => typeof value === 'string', 'must be a string') ?? fallback;
  }

  requiredString(name: string): string {
    const value = this.string(name, '');
    if (value === '') this.errors.push(required(this.at(name)));
    return value;
  }

  oneOf<T extends string>(name: string, supported: readonly T[], fallback: T): T {
    const value = this.string(name, fallback);
    const known = supported.find((one) => one === value);
    if (known === undefined) this.errors.push(notSupported(this.at(name), value, supported));
    return known ?? fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.#typed<boolean>(name, (value) => typeof value === 'boolean', 'must be a boolean') ?? fallback;
  }

  integer(name: string, fallback: number, { min, max, says }: Range = {}): number {
    const value = this.#typed<number>(name, Number.isInteger, 'must be an integer');
    if (value === undefined) return fallback;
    if ((min !== undefined && value < min) || (max !== undefined && value > max))
      this.errors.push(invalidValue(this.at(name), value, says ?? rangeText(min, max)));
    return value;
  }

  number(name: string, fallback: number): number {
    return this.#typed<number>(name, (value) => typeof value === 'number', 'must be a number') ?? fallback;
  }

  /** Milliseconds, of Go's duration text. */
  duration(name: string, fallback: string): number {
    const text = this.string(name, fallback);
    const ms = parseDuration(text);
    if (ms === undefined) this.errors.push(invalidValue(this.at(name), text, 'must be a duration such as 15s or 1m30s'));
    return ms ?? 0;
  }

  /** Reads a nested object to its end; an absent one like an empty one. */
  object<T>(name: string, read: (fields: Fields) => T): T {
    return readAll(new Fields(this.value(name), this.at(name), this.errors), read);
  }

  /** Undefined where the list is absent. */
  list<T>(name: string, read: (value: unknown, path: string) => T): T[] | undefined {
    const values = this.#typed<unknown[]>(name, Array.isArray, 'must be a list');
    return values?.map((value, i) => read(value, `${this.at(name)}[${i}]`));
  }

  objects<T>(name: string, read: (fields: Fields) => T): T[] | undefined {
    return this.list(name, (value, path) => readAll(new Fields(value, path, this.errors), read));
  }

  strings(name: string): string[] {
    const values = this.list(name, (value, path) => {
      if (typeof value !== 'string') this.errors.push(typeInvalid(path, value, 'must be a string'));
      return String(value);
    });
    return values ?? [];
  }

  /** An object of the API, checked as the apiserver checks it. Undefined where it is absent or wrong. */
  ofApi<T>(name: string, type: string, validate: (object: T, path: string) => FieldError[]): T | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : this.readApi(value, { path: this.at(name), type, validate });
  }

  readApi<T>(
    value: unknown,
    { path, type, validate }: { path: string; type: string; validate: (object: T, path: string) => FieldError[] },
  ): T | undefined {
    try {
      const { object, unknownFields } = canonicalize(structuredClone(value) as Record<string, unknown>, type);
      for (const field of unknownFields) this.errors.push(unknownField(`${path}.${field}`));
      this.errors.push(...validate(object as T, path));
      return object as T;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.errors.push(invalidValue(path, value, error.message));
      return undefined;
    }
  }

  /** Every name that was not asked for is a mistake. */
  end(): void {
    for (const name of Object.keys(this.#values)) if (!this.#read.has(name)) this.errors.push(unknownField(this.at(name)));
  }

  #typed<T>(name: string, is: (value: unknown) => boolean, says: string): T | undefined {
    const value = this.value(name);
    if (value === undefined || is(value)) return value as T | undefined;
    this.errors.push(typeInvalid(this.at(name), value, says));
    return undefined;
  }
}

export function readAll<T>(fields: Fields, read: (fields: Fields) => T): T {
  const result = read(fields);
  fields.end();
  return result;
}

/** Reports each name that comes a second time. */
export function noRepeats(names: readonly string[], errors: FieldError[], pathOf: (index: number) => string): void {
  for (const [i, name] of names.entries()) if (names.indexOf(name) < i) errors.push(duplicate(pathOf(i), name));
}

const unknownField = (path: string): FieldError => ({ type: 'Forbidden', field: path, detail: 'unknown field' });

function rangeText(min: number | undefined, max: number | undefined): string {
  return max === undefined ? `must be greater than or equal to ${min}` : `not in valid range [${min ?? ''}-${max}]`;
}
