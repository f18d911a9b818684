import { parseTime, tryParseQuantity } from '@t8s/meta';
import { schema } from './generated/schema.ts';
import type { FieldSchema } from './schema.ts';

/** Whether a value from outside the codec (an annotation) is one of `type` of the schema, required fields included. */
export function conforms(value: unknown, type: string): boolean {
  const fields = schema[type]?.fields;
  if (!fields || !isRecord(value)) return false;
  const known = Object.keys(value).every((name) => Object.hasOwn(fields, name));
  return known && Object.entries(fields).every(([name, field]) => (value[name] === undefined ? !field.required : fits(value[name], field)));
}

function fits(value: unknown, field: FieldSchema): boolean {
  switch (field.type) {
    case 'ref':
      return conforms(value, field.ref);
    case 'array':
      return Array.isArray(value) && value.every((item) => fits(item, field.items));
    case 'map':
      return isRecord(value) && Object.values(value).every((item) => fits(item, field.items));
    case 'integer':
      return Number.isSafeInteger(value) && (field.format === 'int64' || value === (Number(value) | 0));
    case 'number':
    case 'boolean':
      return typeof value === field.type;
    case 'intOrString':
      return typeof value === 'string' || Number.isInteger(value);
    case 'quantity':
      return typeof value === 'string' && tryParseQuantity(value) !== undefined;
    case 'time':
    case 'microtime':
      return typeof value === 'string' && parseTime(value) !== undefined;
    case 'any':
    case 'schemaOr':
      return true;
    default:
      return typeof value === 'string';
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
