import type { JSONSchemaProps } from '../../generated/types.ts';
import { isSchema } from '../schema/structural.ts';

/** Schemas within a schema, and the steps to them. */
export function subSchemas(schema: JSONSchemaProps): [schema: JSONSchemaProps, step: string][] {
  const list = (name: 'allOf' | 'anyOf' | 'oneOf'): [JSONSchemaProps, string][] =>
    (schema[name] ?? []).map((inner, i) => [inner, `${name}[${i}]`]);
  return [
    ...(isSchema(schema.additionalProperties) ? [[schema.additionalProperties, 'additionalProperties'] as [JSONSchemaProps, string]] : []),
    ...Object.entries(schema.properties ?? {}).map(([name, inner]): [JSONSchemaProps, string] => [inner, `properties[${name}]`]),
    ...(schema.not ? [[schema.not, 'not'] as [JSONSchemaProps, string]] : []),
    ...list('allOf'),
    ...list('oneOf'),
    ...list('anyOf'),
    ...(isSchema(schema.items) ? [[schema.items, 'items'] as [JSONSchemaProps, string]] : []),
  ];
}
