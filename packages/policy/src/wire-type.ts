import { type FieldSchema, schema } from '@t8s/api';
import type { CelType } from '@t8s/cel';

/** Words that CEL reserves: fields of these names go by `__name__`, too. */
const reserved = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true'.split(' '),
);

const known = new Map<string, CelType>();

/** A type of the wire as expressions see it. What holds itself is of no known type from there on. */
export function wireType(name: string, within: readonly string[] = []): CelType {
  const found = known.get(name);
  if (found) return found;
  const type = schema[name];
  if (!type || within.includes(name)) return 'dyn';
  const path = [...within, name];
  const fields: Record<string, CelType> = {};
  for (const [field, value] of Object.entries(type.fields)) {
    const one = fieldType(value, path);
    fields[field] = one;
    if (reserved.has(field)) fields[`__${field}__`] = one;
  }
  const made = { fields };
  if (within.length === 0) known.set(name, made);
  return made;
}

function fieldType(field: FieldSchema, within: readonly string[]): CelType {
  switch (field.type) {
    case 'ref':
      return wireType(field.ref, within);
    case 'array':
      return { list: fieldType(field.items, within) };
    case 'map':
      return { map: fieldType(field.items, within) };
    case 'integer':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'time':
    case 'microtime':
      return 'timestamp';
    case 'string':
    case 'quantity':
      return 'string';
    case 'bytes':
      return 'bytes';
    default:
      return 'dyn';
  }
}
