/** Types as server-side apply sees them: what merges, what is taken as one value, and what names the elements of a list. */
import {
  atomicMaps,
  embeddedStructs,
  type FieldSchema,
  kinds,
  type ListType,
  mapKeyDefaults,
  metaLists,
  schema,
  separableFields,
  type TypeSchema,
} from '@t8s/api';
import { customMergeType } from './custom-merge-type.ts';
import { fieldElement } from './path-element.ts';

export type MergeType = ScalarType | ListMergeType | MapMergeType | AnyType;

export interface ScalarType {
  kind: 'scalar';
  scalar: 'string' | 'numeric' | 'boolean' | 'untyped';
}

/** Any JSON: as one value, or (in custom resources without a schema) with its objects merged. */
export interface AnyType {
  kind: 'any';
  merges: boolean;
}

export interface ListMergeType {
  kind: 'list';
  relation: 'atomic' | 'set' | 'map';
  /** Sorted. */
  keys: readonly string[];
  /** Values of keys that an element may leave out; others are errors. */
  keyDefaults: Readonly<Record<string, unknown>>;
  element: MergeType;
}

export interface MapMergeType {
  kind: 'map';
  atomic: boolean;
  fields: Map<string, MergeField>;
  /** The type of what `fields` does not name; undefined: nothing else may be there. */
  element: MergeType | undefined;
  /** Those of `fields` that are. */
  embedded: readonly MergeField[];
}

export interface MergeField {
  name: string;
  /** The field's step in a path. */
  step: string;
  type: MergeType;
  /** There whenever the object is: as `{}`, or as an empty list or map. */
  embedded: boolean;
}

export const atomicAny: AnyType = { kind: 'any', merges: false };
export const mergingAny: AnyType = { kind: 'any', merges: true };
export const scalars: Record<ScalarType['scalar'], ScalarType> = {
  string: { kind: 'scalar', scalar: 'string' },
  numeric: { kind: 'scalar', scalar: 'numeric' },
  boolean: { kind: 'scalar', scalar: 'boolean' },
  untyped: { kind: 'scalar', scalar: 'untyped' },
};

export const mergeField = (name: string, type: MergeType, embedded = false): MergeField => ({
  name,
  step: fieldElement(name),
  type,
  embedded,
});

const named = new WeakMap<TypeSchema, MapMergeType>();
let lists: ReadonlyMap<string, ListType> | undefined;

/** The type of a name of the schema; built once. */
export function mergeType(name: string): MapMergeType {
  const source = schema[name];
  if (!source) throw new Error(`the schema has no type ${name}`);
  const found = named.get(source);
  if (found) return found;
  if (source.structural) {
    const custom = customMergeType(source.structural);
    named.set(source, custom);
    return custom;
  }
  const fields = new Map<string, MergeField>();
  const type: MapMergeType = { kind: 'map', atomic: atomicMaps.has(name), fields, element: undefined, embedded: [] };
  // Known before its fields are: types refer to each other in circles.
  named.set(source, type);
  for (const [field, fieldSchema] of Object.entries(source.fields))
    fields.set(field, mergeField(field, fieldType(fieldSchema, `${name}.${field}`), isEmbedded(name, field)));
  type.embedded = [...fields.values()].filter((field) => field.embedded);
  return type;
}

function isEmbedded(type: string, field: string): boolean {
  const found = schema[type]?.fields[field];
  if (!found) return false;
  if (embeddedStructs[type]?.includes(field)) return true;
  if (found.type === 'array' || found.type === 'map') return found.required === true;
  return found.type === 'ref' && isPartOfKind(type, field);
}

/** `metadata`, `spec` and `status` of kinds. */
function isPartOfKind(type: string, field: string): boolean {
  const fields = schema[type]?.fields ?? {};
  return 'kind' in fields && fields['metadata']?.type === 'ref' && (field === 'metadata' || field === 'spec' || field === 'status');
}

/** `owner` is `Type.field`. */
function fieldType(field: FieldSchema, owner: string): MergeType {
  switch (field.type) {
    case 'string':
    case 'bytes':
      return scalars.string;
    case 'boolean':
      return scalars.boolean;
    case 'integer':
    case 'number':
      return scalars.numeric;
    case 'time':
    case 'microtime':
    case 'quantity':
    case 'intOrString':
      return scalars.untyped;
    case 'any':
      return atomicAny;
    case 'schemaOr':
      return mergingAny;
    case 'ref': {
      const type = mergeType(field.ref);
      return separableFields.has(owner) ? { ...type, atomic: false } : type;
    }
    case 'map':
      return {
        kind: 'map',
        atomic: atomicMaps.has(owner),
        fields: new Map(),
        element: fieldType(field.items, owner),
        embedded: [],
      };
    case 'array':
      return listType(field.items, owner);
  }
}

function listType(items: FieldSchema, owner: string): ListMergeType {
  lists ??= new Map([metaLists, ...kinds.map((kind) => kind.lists ?? {})].flatMap((table) => Object.entries(table)));
  const { listType, mergeKey, mapKeys } = lists.get(owner) ?? {};
  const element = fieldType(items, owner);
  // A list without a list type merges as strategic merge does.
  const keys = mapKeys ?? (listType === undefined && mergeKey ? [mergeKey] : []);
  const relation = listType ?? (mergeKey === undefined ? 'atomic' : keys.length > 0 ? 'map' : 'set');
  if (relation !== 'map' || items.type !== 'ref') return { kind: 'list', relation, keys: [], keyDefaults: {}, element };
  const defaults = keys.map((key) => [key, keyDefault(items.ref, key)] as const).filter(([, value]) => value !== undefined);
  return { kind: 'list', relation, keys: [...keys].sort(), keyDefaults: Object.fromEntries(defaults), element };
}

/** Required fields have Go's zero values. */
function keyDefault(type: string, key: string): unknown {
  const known = mapKeyDefaults[`${type}.${key}`];
  const field = schema[type]?.fields[key];
  if (known !== undefined || !field?.required) return known;
  return field.type === 'string' ? '' : field.type === 'integer' || field.type === 'number' ? 0 : undefined;
}
