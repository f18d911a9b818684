/** Paths to fields of a schema, as selectable fields and validation rules name them: `.spec.a`, `.spec['a.b']`. */
import type { JSONSchemaProps } from '../../generated/types.ts';
import { isSchema } from '../schema/structural.ts';

export interface FoundField {
  /** As errors write it. */
  path: string;
  schema: JSONSchemaProps;
}

/** The field that a path leads to, or why it leads nowhere. */
export function findField(jsonPath: string, root: JSONSchemaProps, { arrayNotation }: { arrayNotation: boolean }): FoundField | Error {
  let schema = root;
  let path = '';
  const tokens = jsonPath.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]']+/g) ?? [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    let name: string;
    if (token === '.') {
      const next = tokens[++i];
      if (next === undefined) return new Error('unexpected end of JSON path');
      name = next;
    } else if (token === '[') {
      if (!arrayNotation) return new Error('array notation is not allowed');
      const quoted = tokens[++i];
      if (quoted === undefined) return new Error('unexpected end of JSON path');
      if (!/^'.*'$/s.test(quoted)) return new Error(`expected single quoted string but got ${quoted}`);
      name = quoted.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
      const close = tokens[++i];
      if (close === undefined) return new Error('unexpected end of JSON path');
      if (close !== ']') return new Error(`expected ] but got ${close}`);
    } else {
      return new Error(`expected [ or . but got: ${token}`);
    }
    const step = into(schema, name);
    if (!step) return new Error('does not refer to a valid field');
    path = step.isNamed ? (path === '' ? name : `${path}.${name}`) : `${path}[${name}]`;
    schema = step.schema;
  }
  return { path, schema };
}

function into(
  { properties, additionalProperties }: JSONSchemaProps,
  name: string,
): { schema: JSONSchemaProps; isNamed: boolean } | undefined {
  if (properties && Object.keys(properties).length > 0) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return schema && { schema, isNamed: true };
  }
  return isSchema(additionalProperties) ? { schema: additionalProperties, isNamed: false } : undefined;
}
