import { duplicate, type FieldError, invalidValue } from '@t8s/meta';
import { sortedJson } from '../sorted-json.ts';
import { fieldOf, type StructuralSchema } from './structural.ts';

type Json = Record<string, unknown>;

/** Sets have no element twice, and map lists no key: `spec.ports[2]: Duplicate value: {"port":80}`. */
export function validateListTypes(object: Json, schema: StructuralSchema): FieldError[] {
  const errors: FieldError[] = [];
  visit(object, schema, '', errors);
  return errors;
}

function visit(value: unknown, schema: StructuralSchema | undefined, path: string, errors: FieldError[]): void {
  if (schema === undefined || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    if (schema.listType !== 'atomic') for (const error of repeated(value, schema, path)) errors.push(error);
    if (schema.items) for (const [i, element] of value.entries()) visit(element, schema.items, `${path}[${i}]`, errors);
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    const isNamed = schema.properties.has(name);
    const at = isNamed ? (path === '' ? name : `${path}.${name}`) : `${path}[${name}]`;
    visit(inner, fieldOf(schema, name), at, errors);
  }
}

function repeated(list: readonly unknown[], { listType, listKeys }: StructuralSchema, path: string): FieldError[] {
  if (listType === 'set') return seenTwice(list).map((i) => duplicate(`${path}[${i}]`, list[i]));
  const stranger = list.findIndex((element) => element !== null && (typeof element !== 'object' || Array.isArray(element)));
  if (stranger >= 0) return [invalidValue(`${path}[${stranger}]`, list[stranger], 'must be an object for an array of list-type map')];
  const keys = list.map((element) => keysOf(element as Json | null, listKeys));
  return seenTwice(keys).map((i) => duplicate(`${path}[${i}]`, keys[i]));
}

/** The keys that an element has, sorted as JSON of Go maps is. */
const keysOf = (element: Json | null, keys: readonly string[]): Json =>
  Object.fromEntries([...keys].sort().flatMap((key) => (element && Object.hasOwn(element, key) ? [[key, element[key]]] : [])));

/** Where a value comes for the second time; further times are not told. */
function seenTwice(values: readonly unknown[]): number[] {
  const times = new Map<unknown, number>();
  return [...values.keys()].filter((i) => {
    const value = values[i];
    const key = typeof value === 'object' && value !== null ? `{}${sortedJson(value)}` : typeof value === 'string' ? `"${value}` : value;
    const count = (times.get(key) ?? 0) + 1;
    times.set(key, count);
    return count === 2;
  });
}
