/** Structural schemas as server-side apply sees them (what kube-openapi's schemaconv makes of a CustomResourceDefinition). */
import type { StructuralSchema } from '@t8s/api';
import {
  atomicAny,
  type ListMergeType,
  type MapMergeType,
  type MergeType,
  mergeField,
  mergeType,
  mergingAny,
  type ScalarType,
  scalars,
} from './merge-type.ts';

/** The type of a custom resource: what its schema says, and the fields that every object has. */
export function customMergeType(schema: StructuralSchema): MapMergeType {
  return withMetadata(objectType(schema, schema.preservesUnknown));
}

function withMetadata(type: MapMergeType): MapMergeType {
  const own = [
    mergeField('apiVersion', scalars.string),
    mergeField('kind', scalars.string),
    mergeField('metadata', mergeType('ObjectMeta')),
  ];
  return { ...type, fields: new Map([...type.fields, ...own.map((field) => [field.name, field] as const)]) };
}

/** `preserves` also holds for all that is within a value that preserves what nobody knows. */
function valueType(schema: StructuralSchema, outer: boolean): MergeType {
  const preserves = outer || schema.preservesUnknown;
  switch (schema.type) {
    case 'object': {
      const type = objectType(schema, preserves);
      return schema.embedded ? withMetadata(type) : type;
    }
    case 'array':
      return listType(schema, preserves);
    case '':
      return schema.properties.size > 0 ? objectType(schema, preserves) : mergingAny;
    default:
      return scalarType(schema);
  }
}

function scalarType({ type, props }: StructuralSchema): ScalarType {
  if (type === 'integer' || type === 'number') return scalars.numeric;
  if (type === 'boolean') return scalars.boolean;
  return props.format === undefined || props.format === '' || props.format === 'byte' ? scalars.string : scalars.untyped;
}

function objectType(schema: StructuralSchema, preserves: boolean): MapMergeType {
  const fields = [...schema.properties].map(([name, inner]) => [name, mergeField(name, valueType(inner, preserves))] as const);
  return { kind: 'map', atomic: schema.atomicMap, fields: new Map(fields), element: elementType(schema, preserves), embedded: [] };
}

/** Of what no property names; objects without any properties are free in form. */
function elementType({ additional, properties, props }: StructuralSchema, preserves: boolean): MergeType | undefined {
  if (additional !== undefined) return additional === true ? mergingAny : valueType(additional, preserves);
  if (props.additionalProperties === false) return undefined;
  return preserves || properties.size === 0 ? mergingAny : undefined;
}

function listType({ listType: relation, listKeys, items }: StructuralSchema, preserves: boolean): ListMergeType {
  const element = items ? valueType(items, preserves) : atomicAny;
  const defaults = listKeys.map((key) => [key, items?.properties.get(key)?.default] as const).filter(([, value]) => value !== undefined);
  return { kind: 'list', relation, keys: [...listKeys].sort(), keyDefaults: Object.fromEntries(defaults), element };
}
