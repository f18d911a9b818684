/**
 * Types that come and go while the server runs. They stand in the same table as those of built-in kinds, so that decoding, field
 * validation, server-side apply and OpenAPI serve custom resources as they serve all others.
 */
import { schema } from '../../generated/schema.ts';
import type { FieldSchema, TypeSchema } from '../../schema.ts';
import type { CustomKind } from './kind.ts';

/**
 * Tells the machinery of a custom kind. An older definition of the same kind is replaced; requests under way keep the one they have.
 * Returns what forgets it again, unless it has been replaced meanwhile.
 */
export function addCustomType(kind: CustomKind): () => void {
  const type = customType(kind);
  schema[kind.schema] = type;
  return () => {
    if (schema[kind.schema] === type) delete schema[kind.schema];
  };
}

function customType({ schema: name, structural }: CustomKind): TypeSchema {
  const fields: Record<string, FieldSchema> = Object.create(null);
  for (const field of structural.properties.keys()) fields[field] = { type: 'any' };
  fields['apiVersion'] = { type: 'string' };
  fields['kind'] = { type: 'string' };
  fields['metadata'] = { type: 'ref', ref: 'ObjectMeta' };
  return { package: name.slice(0, name.lastIndexOf('.')), fields, structural };
}
