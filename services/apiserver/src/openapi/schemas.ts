/** OpenAPI schemas of every type of the API, from the generated schema, its descriptions and the kinds' merge keys. */
import { descriptions, type FieldSchema, kinds, type ListType, metaLists, schema } from '@t8s/api';

type Json = Record<string, unknown>;

/** Merge keys and list types by `Type.field`. */
const lists: Record<string, ListType> = Object.assign({}, metaLists, ...kinds.map((kind) => kind.lists ?? {}));

/** `io.k8s.api.core.v1.Pod`. */
export function definitionName(type: string): string {
  return `${schema[type]?.package ?? ''}.${type.replace(/^(Core|Discovery|Authentication|Rbac|Storage|Flowcontrol|Apiextensions|Apiregistration|Admissionregistration)(?=[A-Z])/, (prefix) => (prefixed.has(type) ? '' : prefix)).replace(/V2$/, '')}`;
}

/** Types whose names carry their group to tell them apart, as the models do. */
const prefixed = new Set(
  Object.keys(schema).filter((type) =>
    /^(Core|Discovery|Authentication|Rbac|Storage|Flowcontrol|Apiextensions|Apiregistration|Admissionregistration)(EndpointPort|Event|EventList|EventSeries|TokenRequest|Subject|ServiceReference|WebhookClientConfig|ResourceClaim)$/.test(
      type,
    ),
  ),
);

/** The group, version and kind that a type is, for those that stand alone. */
const kindsOf = new Map(kinds.map((kind) => [kind.schema, [{ group: kind.group, kind: kind.kind, version: kind.version }]]));

export function typeSchema(type: string, refPrefix: string): Json {
  const fields = schema[type]?.fields ?? {};
  const docs = descriptions[type];
  const required = Object.entries(fields)
    .filter(([, f]) => f.required)
    .map(([name]) => name);
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      { ...described(docs?.fields[name]), ...fieldSchema(field, refPrefix), ...extensions(lists[`${type}.${name}`]) },
    ]),
  );
  const of = kindsOf.get(type);
  return {
    ...described(docs?.description),
    type: 'object',
    ...(required.length > 0 && { required }),
    properties,
    ...(of && { 'x-kubernetes-group-version-kind': of }),
  };
}

const described = (description: string | undefined): Json => (description ? { description } : {});

function fieldSchema(field: FieldSchema, refPrefix: string): Json {
  switch (field.type) {
    case 'array':
      return { type: 'array', items: fieldSchema(field.items, refPrefix) };
    case 'map':
      return { type: 'object', additionalProperties: fieldSchema(field.items, refPrefix) };
    case 'ref':
      return { $ref: `${refPrefix}${definitionName(field.ref)}` };
    case 'integer':
      return { type: 'integer', format: field.format };
    case 'number':
      return { type: 'number', format: 'double' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'time':
      return { type: 'string', format: 'date-time' };
    case 'microtime':
      return { type: 'string', format: 'date-time' };
    case 'intOrString':
      return { type: 'string', format: 'int-or-string' };
    case 'quantity':
      return { type: 'string' };
    case 'any':
      return { type: 'object' };
    default:
      return { type: field.type };
  }
}

function extensions(list: ListType | undefined): Json {
  if (!list) return {};
  const { mergeKey, retainKeys, listType, mapKeys } = list;
  const strategies = [...(mergeKey === undefined ? [] : ['merge']), ...(retainKeys ? ['retainKeys'] : [])];
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
  const queue = roots.filter((type) => schema[type]);
  for (let type = queue.pop(); type !== undefined; type = queue.pop()) {
    if (found.has(type)) continue;
    found.add(type);
    for (const field of Object.values(schema[type]?.fields ?? {})) queue.push(...refsOf(field));
  }
  return [...found].sort();
}

function refsOf(field: FieldSchema): string[] {
  if (field.type === 'ref') return [field.ref];
  return field.type === 'array' || field.type === 'map' ? refsOf(field.items) : [];
}
