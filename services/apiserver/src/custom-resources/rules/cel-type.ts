/** What validation rules know of values: the types of a schema in CEL (apiserver/pkg/cel/common, v1.34). */
import type { StructuralSchema } from '@t8s/api';
import type { CelType, ListIdentity } from '@t8s/cel';
import { escapeName } from './escape-name.ts';

/** Undefined where rules can't see a value: what is preserved without a schema, and what is made of nothing else. */
export function celTypeOf(schema: StructuralSchema, isRoot = schema.embedded): CelType | undefined {
  if (schema.intOrString) return 'dyn';
  switch (schema.type) {
    case 'array': {
      const list = schema.items && celTypeOf(schema.items);
      return list && { list, ...identityOf(schema) };
    }
    case 'object':
      return objectType(schema, isRoot);
    case 'string':
      return stringTypes[schema.props.format ?? ''] ?? 'string';
    case 'integer':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    default:
      return undefined;
  }
}

function identityOf({ listType, listKeys }: StructuralSchema): { identity?: ListIdentity } {
  if (listType === 'set') return { identity: 'set' };
  return listType === 'map' ? { identity: listKeys.map((key) => escapeName(key) ?? key) } : {};
}

const stringTypes: Record<string, string> = { byte: 'bytes', duration: 'duration', date: 'timestamp', 'date-time': 'timestamp' };

function objectType(schema: StructuralSchema, isRoot: boolean): CelType | undefined {
  if (schema.additional !== undefined && schema.additional !== true) {
    const map = celTypeOf(schema.additional);
    return map && { map };
  }
  const fields: Record<string, CelType> = {};
  for (const [name, property] of schema.properties) {
    const escaped = escapeName(name);
    const type = celTypeOf(property);
    if (escaped !== undefined && type !== undefined) fields[escaped] = type;
  }
  return { fields: { ...fields, ...(isRoot && rootFields) } };
}

/** What rules may always ask of an object of the API. */
const rootFields: Record<string, CelType> = {
  apiVersion: 'string',
  kind: 'string',
  metadata: { fields: { name: 'string', generateName: 'string' } },
};
