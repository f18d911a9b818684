/** Reads and writes of fields by names that clients choose: `__proto__` is a name like any other and never reaches a prototype. */

type Json = Record<string, unknown>;

export const getField = (object: Json, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

export function setField(object: Json, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
