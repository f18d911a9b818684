/** OpenAPI schemas of custom resources: what their definitions say, with the fields that every object has. */
import { descriptions, isSchema, type JSONSchemaProps, type Kind, schema } from '@t8s/api';
import { definitionName } from './definition-names.ts';
import { type Dialect, reference } from './schemas.ts';

type Json = Record<string, unknown>;

/** What lists of a kind are called in documents. */
export const listType = ({ schema: type, kind, listKind = `${kind}List` }: Kind): string =>
  type.includes('.') ? `${type.slice(0, type.length - kind.length)}${listKind}` : `${type}List`;

export const isCustom = (kind: Kind): boolean => schema[kind.schema]?.structural !== undefined;

/** The definitions of a kind and of its list, by name. */
export function customDefinitions(kind: Kind, dialect: Dialect): Json {
  const { group, version, kind: name, listKind = `${name}List` } = kind;
  const type = definitionName(kind.schema);
  const props = schema[kind.schema]?.structural?.props ?? {};
  return {
    [type]: { ...withMetadata(written(props, dialect), dialect), 'x-kubernetes-group-version-kind': [{ group, kind: name, version }] },
    [definitionName(listType(kind))]: {
      description: `${listKind} is a list of ${name}`,
      type: 'object',
      required: ['items'],
      properties: {
        ...typeFields,
        items: { description: `List of ${resourceOf(kind)}.`, type: 'array', items: reference(kind.schema, dialect) },
        metadata: described('ListMeta', descriptions['ConfigMapList']?.fields['metadata'], dialect),
      },
      'x-kubernetes-group-version-kind': [{ group, kind: listKind, version }],
    },
  };
}

const resourceOf = ({ resource }: Kind): string =>
  `${resource}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`;

/** `apiVersion` and `kind`, as all objects have them. */
const typeFields: Json = Object.fromEntries(
  ['apiVersion', 'kind'].map((field) => [field, { description: descriptions['ConfigMap']?.fields[field], type: 'string' }]),
);

function described(type: string, description: string | undefined, dialect: Dialect): Json {
  const to = reference(type, dialect);
  // In OpenAPI 3.0 nothing may stand beside a $ref.
  return dialect === 'v2' ? { description, ...to } : { description, allOf: [to] };
}

/** An object of the API, whatever its author says of its metadata. */
function withMetadata(made: Json, dialect: Dialect): Json {
  const metadata = described('ObjectMeta', descriptions['ConfigMap']?.fields['metadata'], dialect);
  return { type: 'object', ...made, properties: { ...((made['properties'] as Json | undefined) ?? {}), ...typeFields, metadata } };
}

/** Parts that say what a value must be, not what it is; OpenAPI 2 can't say it, or its readers don't understand. */
const validations = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'nullable', 'x-kubernetes-validations']);

/** A schema in the dialect's words. What kubectl's reader of OpenAPI 2 refuses there is left out, as upstream leaves it out. */
function written(props: JSONSchemaProps, dialect: Dialect): Json {
  const isOpen = props['x-kubernetes-preserve-unknown-fields'] === true || props.nullable === true;
  const result: Json = {};
  for (const [name, value] of Object.entries(props)) {
    if (dialect === 'v2' && (validations.has(name) || (isOpen && isContent(name, props)))) continue;
    result[name] = part(name, value, dialect);
  }
  return props['x-kubernetes-embedded-resource'] === true && !(dialect === 'v2' && isOpen) ? withMetadata(result, dialect) : result;
}

const isContent = (name: string, { nullable }: JSONSchemaProps): boolean =>
  name === 'properties' || name === 'items' || (nullable === true && (name === 'type' || name === 'additionalProperties'));

function part(name: string, value: unknown, dialect: Dialect): unknown {
  if (name === 'properties')
    return Object.fromEntries(
      Object.entries(value as Record<string, JSONSchemaProps>).map(([key, inner]) => [key, written(inner, dialect)]),
    );
  if ((name === 'items' || name === 'additionalProperties' || name === 'not') && isSchema(value)) return written(value, dialect);
  return value;
}
