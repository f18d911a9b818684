import { fieldOf, type StructuralSchema } from './structural.ts';

type Json = Record<string, unknown>;

/**
 * Fills in the defaults of a schema, where the field is absent or is null and may not be; then no null is left that may not be there.
 * Changes `object` in place. Idempotent.
 */
export function applyDefaults(object: Json, schema: StructuralSchema): void {
  dropNulls(object, schema);
  fill(object, schema);
}

/** Nulls where a value may not be null, and there is no default to take its place. */
function dropNulls(value: unknown, schema: StructuralSchema | undefined): void {
  if (Array.isArray(value)) {
    for (const element of value) dropNulls(element, schema?.items);
  } else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      const field = fieldOf(schema, name);
      if (inner === null && field && !field.nullable && field.default === undefined) delete value[name];
      else dropNulls(inner, field);
    }
  }
}

function fill(value: unknown, schema: StructuralSchema | undefined): void {
  if (!schema?.hasDefaults) return;
  if (Array.isArray(value)) {
    for (const [i, element] of value.entries()) {
      if (takesDefault(element, schema.items)) value[i] = structuredClone(schema.items?.default ?? null);
      fill(value[i], schema.items);
    }
  } else if (isObject(value)) {
    for (const [name, field] of schema.properties)
      if (field.default !== undefined && (!Object.hasOwn(value, name) || takesDefault(value[name], field)))
        value[name] = structuredClone(field.default);
    for (const name of Object.keys(value)) {
      const field = fieldOf(schema, name);
      if (!schema.properties.has(name) && takesDefault(value[name], field)) value[name] = structuredClone(field?.default ?? null);
      fill(value[name], field);
    }
  }
}

const takesDefault = (value: unknown, schema: StructuralSchema | undefined): boolean =>
  value === null && schema !== undefined && !schema.nullable;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
