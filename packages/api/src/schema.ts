import type { StructuralSchema } from './apiextensions/schema/structural.ts';

/** The compact schema that the generator emits for every type of the wire. */
export type FieldSchema = { required?: true } & (
  | { type: 'string' | 'boolean' | 'number' | 'bytes' | 'time' | 'microtime' | 'quantity' | 'intOrString' | 'any' }
  | { type: 'integer'; format: 'int32' | 'int64' }
  | { type: 'array' | 'map'; items: FieldSchema }
  | { type: 'ref'; ref: string }
  /** A JSONSchemaProps, or what else the place takes of JSON schema; anything but these two is nothing (or an error, beside booleans). */
  | { type: 'schemaOr'; or: 'boolean' | 'schemas' | 'texts' }
);

export interface TypeSchema {
  /** The Go package of the type: `<package>.<type>` is its OpenAPI name. */
  package: string;
  fields: Record<string, FieldSchema>;
  /** Of custom resources: what their fields hold, which then are `any` here. */
  structural?: StructuralSchema;
}
