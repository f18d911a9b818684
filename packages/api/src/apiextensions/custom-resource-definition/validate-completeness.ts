import { type FieldError, required } from '@t8s/meta';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { isSchema } from '../schema/structural.ts';

/** Every field and list that an alternative at the root speaks of is specified outside of alternatives too. Upstream asks this of the root only. */
export function validateCompleteness(schema: JSONSchemaProps, path: string): FieldError[] {
  return alternatives(schema, { schema, path, at: path });
}

interface Place {
  /** What is specified, and where; undefined where nothing is. */
  schema: JSONSchemaProps | undefined;
  path: string;
  /** Where the alternative speaks of it. */
  at: string;
}

function alternatives(spoken: JSONSchemaProps, place: Place): FieldError[] {
  const list = (name: 'allOf' | 'anyOf' | 'oneOf'): FieldError[] =>
    (spoken[name] ?? []).flatMap((inner, i) => complete(inner, { ...place, at: `${place.at}.${name}[${i}]` }));
  return [
    ...(spoken.not ? complete(spoken.not, { ...place, at: `${place.at}.not` }) : []),
    ...list('allOf'),
    ...list('anyOf'),
    ...list('oneOf'),
  ];
}

function complete(spoken: JSONSchemaProps, place: Place): FieldError[] {
  const { schema, path, at } = place;
  if (!schema) return [required(path, `because it is defined in ${at}`)];
  const items = isSchema(schema.items) ? schema.items : undefined;
  return [
    ...alternatives(spoken, place),
    ...(isSchema(spoken.items) ? complete(spoken.items, { schema: items, path: `${path}.items`, at: `${at}.items` }) : []),
    ...Object.entries(spoken.properties ?? {}).flatMap(([name, inner]) => {
      const step = `.properties[${name}]`;
      return complete(inner, { schema: schema.properties?.[name], path: path + step, at: at + step });
    }),
  ];
}
