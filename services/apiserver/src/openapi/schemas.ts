/** OpenAPI schemas of every type of the API, from the generated schema, its descriptions and the kinds' merge keys. */
import {
  atomicMaps,
  declaredDefaults,
  descriptions,
  enumValues,
  type FieldSchema,
  kinds,
  type ListType,
  metaLists,
  schema,
  separableFields,
} from '@t8s/api';
import { definitionName } from './definition-names.ts';

type Json = Record<string, unknown>;

/** Swagger 2.0 or OpenAPI 3.0. */
export type Dialect = 'v2' | 'v3';

/** Merge keys and list types by `Type.field`. */
const lists: Record<string, ListType> = Object.assign({}, metaLists, ...kinds.map((kind) => kind.lists ?? {}));

/** Kinds that belong to no group of their own. */
const common = ['DeleteOptions', 'Status', 'WatchEvent'];

/** The group, version and kind that a type is, for those that stand alone. */
const kindsOf = new Map([
  ...common.map((kind) => [kind, { group: '', kind, version: 'v1' }] as const),
  ...kinds.flatMap(({ group, version, kind, schema: type }) => [
    [type, { group, kind, version }] as const,
    [`${type}List`, { group, kind: `${kind}List`, version }] as const,
  ]),
]);

/** What a type looks like; `$ref`s lead to the place of the dialect. */
export function typeSchema(type: string, dialect: Dialect): Json {
  const basic = basicSchema(type, dialect);
  if (basic) return basic;
  const { fields = {} } = schema[type] ?? {};
  const docs = descriptions[type];
  const required = Object.keys(fields).filter((name) => fields[name]?.required);
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      withWords(`${type}.${name}`, {
        // A schema within a schema holds JSON of any kind, where others hold objects.
        ...(type === 'JSONSchemaProps' && (field.type === 'any' || field.type === 'schemaOr')
          ? describe(docs?.fields[name], field)
          : fieldSchema(field, dialect, describe(docs?.fields[name], field))),
        ...extensions(lists[`${type}.${name}`]),
        ...mapType(`${type}.${name}`),
      }),
    ]),
  );
  const of = kindsOf.get(type);
  return {
    ...(docs?.description && { description: docs.description }),
    type: 'object',
    ...(required.length > 0 && { required }),
    properties,
    ...(of && { 'x-kubernetes-group-version-kind': [of] }),
    ...mapType(type),
  };
}

/** The words that a field may hold, which its description names too, and the one it has if none is said. */
function withWords(name: string, { description, ...property }: Json): Json {
  const words = enumValues.get(name);
  const preset = declaredDefaults[name];
  const list = words && `\n\nPossible enum values:\n${words.map((word) => ` - \`${JSON.stringify(word)}\``).join('\n')}`;
  const items = property['items'] as Json | undefined;
  return {
    ...((description || list) && { description: `${description ?? ''}${list ?? ''}` }),
    ...property,
    ...(words && (items ? { items: { ...items, enum: words } } : { enum: words })),
    ...(preset !== undefined && { default: preset }),
  };
}

/** How apply takes an object or a map, where it is not field by field. */
function mapType(name: string): Json {
  if (separableFields.has(name)) return { 'x-kubernetes-map-type': 'granular' };
  return atomicMaps.has(name) ? { 'x-kubernetes-map-type': 'atomic' } : {};
}

/** Types that are written as a string, a number, or anything. */
function basicSchema(type: string, dialect: Dialect): Json | undefined {
  const either = (...of: string[]): Json => (dialect === 'v2' ? { type: 'string' } : { oneOf: of.map((one) => ({ type: one })) });
  switch (type) {
    case 'time':
    case 'microtime':
      return { description: 'A point in time, in the form of RFC 3339.', type: 'string', format: 'date-time' };
    case 'quantity':
      return { description: 'A fixed-point number with a unit suffix, such as 500m or 1Gi.', ...either('string', 'number') };
    case 'intOrString':
      return { description: 'A number, or text such as a percentage.', format: 'int-or-string', ...either('integer', 'string') };
    case 'patch':
      return { description: 'A change, in the form that the media type of the request names.', type: 'object' };
    case 'raw':
      return { description: 'An object of any kind.', type: 'object' };
    default:
      return undefined;
  }
}

/** A field that leads to another type, and says nothing of itself, is described by that type. */
function describe(own: string | undefined, field: FieldSchema): Json {
  const description = own || (field.type === 'ref' ? descriptions[field.ref]?.description : undefined);
  return description ? { description } : {};
}

export function reference(type: string, dialect: Dialect): { $ref: string } {
  return { $ref: `${dialect === 'v2' ? '#/definitions/' : '#/components/schemas/'}${definitionName(type)}` };
}

function fieldSchema(field: FieldSchema, dialect: Dialect, description: Json = {}): Json {
  const target = targetOf(field);
  if (target !== undefined) {
    const to = reference(target, dialect);
    // In OpenAPI 3.0 nothing may stand beside a $ref.
    return dialect === 'v2' || Object.keys(description).length === 0 ? { ...description, ...to } : { ...description, allOf: [to] };
  }
  return { ...description, ...plainSchema(field, dialect) };
}

function plainSchema(field: FieldSchema, dialect: Dialect): Json {
  switch (field.type) {
    case 'array':
      return { type: 'array', items: fieldSchema(field.items, dialect) };
    case 'map':
      return { type: 'object', additionalProperties: fieldSchema(field.items, dialect) };
    case 'integer':
      return { type: 'integer', format: field.format };
    case 'number':
      return { type: 'number', format: 'double' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'schemaOr':
      return {};
    default:
      return { type: field.type };
  }
}

/** The type that a field leads to; undefined where it holds its value itself. */
function targetOf(field: FieldSchema): string | undefined {
  switch (field.type) {
    case 'ref':
      return field.ref;
    case 'any':
      return 'raw';
    case 'time':
    case 'microtime':
    case 'quantity':
    case 'intOrString':
      return field.type;
    default:
      return undefined;
  }
}

function extensions(list: ListType | undefined): Json {
  if (!list) return {};
  const { mergeKey, retainKeys, replace, listType, mapKeys } = list;
  const strategies = [...(mergeKey === undefined ? [] : ['merge']), ...(retainKeys ? ['retainKeys'] : []), ...(replace ? ['replace'] : [])];
  return {
    ...(mapKeys && { 'x-kubernetes-list-map-keys': mapKeys }),
    ...(listType && { 'x-kubernetes-list-type': listType }),
    ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(strategies.length > 0 && { 'x-kubernetes-patch-strategy': strategies.join(',') }),
  };
}

/** Every type reached from `roots`, themselves included. */
export function reachable(roots: readonly string[]): string[] {
  const found = new Set<string>();
  const queue = [...roots];
  for (let type = queue.pop(); type !== undefined; type = queue.pop()) {
    if (found.has(type)) continue;
    found.add(type);
    for (const field of Object.values(schema[type]?.fields ?? {})) queue.push(...targetsOf(field));
  }
  return [...found].sort();
}

function targetsOf(field: FieldSchema): string[] {
  if (field.type === 'array' || field.type === 'map') return targetsOf(field.items);
  const target = targetOf(field);
  return target === undefined ? [] : [target];
}
