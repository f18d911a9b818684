import type { StructuralSchema } from '@t8s/api';
import { escapeName } from './escape-name.ts';

type Json = Record<string, unknown>;

const differing = new WeakMap<StructuralSchema, boolean>();

/** A value as rules see it: with escaped names, and days as times. Itself, where the schema has nothing of the kind. */
export function celValue(value: unknown, schema: StructuralSchema | undefined): unknown {
  if (schema === undefined || !differs(schema) || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => celValue(element, schema.items));
  if (typeof value === 'string') return isDay(schema) ? `${value}T00:00:00Z` : value;
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as Json).map(([name, inner]) => {
      const property = schema.properties.get(name);
      if (property) return [escapeName(name) ?? name, celValue(inner, property)];
      return [name, schema.additional === true ? inner : celValue(inner, schema.additional)];
    }),
  );
}

const isDay = ({ type, props }: StructuralSchema): boolean => type === 'string' && props.format === 'date';

function differs(schema: StructuralSchema): boolean {
  const known = differing.get(schema);
  if (known !== undefined) return known;
  const { properties, additional, items } = schema;
  const found =
    isDay(schema) ||
    [...properties].some(([name, property]) => escapeName(name) !== name || differs(property)) ||
    (additional !== undefined && additional !== true && differs(additional)) ||
    (items !== undefined && differs(items));
  differing.set(schema, found);
  return found;
}
