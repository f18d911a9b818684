import { isDeepStrictEqual } from 'node:util';
import { type FieldError, invalidValue } from '@t8s/meta';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { validateEmbedded } from '../schema/embedded.ts';
import { pruneValue } from '../schema/prune.ts';
import { compileSchema, isSchema } from '../schema/structural.ts';
import { validateValue, within } from '../schema/validate.ts';

/** Defaults are values of their schema, with nothing in them that would be pruned. */
export function validateDefaults(schema: JSONSchemaProps, path: string): FieldError[] {
  return [
    ...validateDefault(schema, `${path}.default`),
    ...(isSchema(schema.items) ? validateDefaults(schema.items, `${path}.items`) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => validateDefaults(inner, `${path}.properties[${name}]`)),
  ];
}

function validateDefault(props: JSONSchemaProps, path: string): FieldError[] {
  const value = props.default ?? undefined;
  if (value === undefined) return [];
  const schema = compileSchema(props);
  const pruned = structuredClone(value);
  pruneValue(pruned, schema);
  const unknown = isDeepStrictEqual(pruned, value) ? [] : [invalidValue(path, value, 'must not have unknown fields')];
  const embedded = validateEmbedded(value, schema, path);
  if (embedded.length > 0) return [...unknown, ...embedded];
  const errors = validateValue(value, schema).map((error) => ({
    ...error,
    field: within(path, error.field),
  }));
  return [...unknown, ...errors];
}
