/** What Go says of a value whose type isn't that of its field. */
import type { FieldSchema } from '@t8s/api';
import { goStruct, goType } from './go-types.ts';

export interface Mistyped {
  value: unknown;
  schema: FieldSchema;
  /** `Type.field`, as the schema names them. */
  owner: string;
  /** The struct that the field is in, and the way from the root to it. */
  struct: string;
  path: string;
}

/** In the words of encoding/json, which reads whole objects. */
export function jsonMistyped({ value, schema, owner, struct, path }: Mistyped): string {
  const integer = typeof value === 'number' && (schema.type === 'integer' || schema.type === 'intOrString');
  return `json: cannot unmarshal ${integer ? `number ${value}` : jsonKind(value)} into Go struct field ${goStruct(struct)}.${path} of type ${goType(schema, owner)}`;
}

/** In the words of apimachinery's converter, which reads what a strategic merge patch has made. */
export function converterMistyped({ value, schema, owner }: Mistyped): string {
  const kind = Array.isArray(value) ? 'slice' : typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : nameOf(value);
  switch (schema.type) {
    case 'ref':
      return `cannot restore struct from: ${kind}`;
    case 'map':
      return `cannot restore map from ${kind}`;
    case 'array':
    case 'bytes':
      return `cannot restore slice from ${kind}`;
    case 'string':
      return kind === 'int64' ? `cannot convert int64 to ${goType(schema, owner)}` : 'unrecognized type: string';
    case 'integer':
      return typeof value === 'number' ? `cannot convert ${kind} to ${schema.format}` : `unrecognized type: ${schema.format}`;
    case 'boolean':
      return 'unrecognized type: bool';
    case 'number':
      return 'unrecognized type: float64';
    default:
      return `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${goType(schema, owner)}`;
  }
}

/** What encoding/json calls a value of JSON. */
export const jsonKind = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value);
const nameOf = (value: unknown): string => (typeof value === 'object' ? 'map' : jsonKind(value));
