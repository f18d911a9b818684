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
    [type]: { ...whole(props, dialect), 'x-kubernetes-group-version-kind': [{ group, kind: name, version }], ...selectable(kind) },
    [definitionName(listType(kind))]: {
      description: `${listKind} is a list of ${name}`,
      type: 'object',
      required: ['items'],
      properties: {
        ...typeFields,
        items: { description: `List of ${kind.resource}. ${conventions}`, type: 'array', items: reference(kind.schema, dialect) },
        metadata: described('ListMeta', descriptions['ConfigMapList']?.fields['metadata'], dialect),
      },
      'x-kubernetes-group-version-kind': [{ group, kind: listKind, version }],
    },
  };
}

/** The fields that lists of it can be chosen by (KEP-4358). */
function selectable({ selectableFields }: Kind): Json {
  const fields = Object.keys(selectableFields?.({ metadata: {} }) ?? {});
  return fields.length > 0 ? { 'x-kubernetes-selectable-fields': fields.map((fieldPath) => ({ fieldPath })) } : {};
}

/** Of what may have any field, OpenAPI 2 names none: its readers would take it for all there is. */
const whole = (props: JSONSchemaProps, dialect: Dialect): Json =>
  dialect === 'v2' && props['x-kubernetes-preserve-unknown-fields'] === true
    ? { type: 'object' }
    : withMetadata(written(props, dialect), dialect);

/** `apiVersion` and `kind`, as all objects have them. */
const typeFields: Json = Object.fromEntries(
  ['apiVersion', 'kind'].map((field) => [field, { description: descriptions['ConfigMap']?.fields[field], type: 'string' }]),
);

const conventions = 'More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
const innerTypeFields: Json = {
  apiVersion: {
    description: `apiVersion defines the versioned schema of this representation of an object. ${conventions}#resources`,
    type: 'string',
  },
  kind: {
    description: `kind is a string value representing the type of this object. In CamelCase. ${conventions}#types-kinds`,
    type: 'string',
  },
};

function described(type: string, description: string | undefined, dialect: Dialect): Json {
  const to = reference(type, dialect);
  // In OpenAPI 3.0 nothing may stand beside a $ref.
  return dialect === 'v2' ? { description, ...to } : { description, allOf: [to] };
}

/** An object of the API, whatever its author says of its metadata. */
function withMetadata(made: Json, dialect: Dialect): Json & { properties: Json } {
  const metadata = described('ObjectMeta', descriptions['ConfigMap']?.fields['metadata'], dialect);
  return { type: 'object', ...made, properties: { ...((made['properties'] as Json | undefined) ?? {}), ...typeFields, metadata } };
}

/** An object in another: it must say what it is. */
function embedded(made: Json, dialect: Dialect): Json {
  const { properties, ...rest } = withMetadata(made, dialect);
  const required = new Set([...((made['required'] as string[] | undefined) ?? []), 'kind', 'apiVersion']);
  return { ...rest, properties: { ...properties, ...innerTypeFields }, required: [...required] };
}

/** Parts that say what a value must be, not what it is: OpenAPI 2 can't say it. */
const validations = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'nullable']);

/** A schema in the dialect's words. */
function written(props: JSONSchemaProps, dialect: Dialect): Json {
  const isOpen = dialect === 'v2' && props['x-kubernetes-preserve-unknown-fields'] === true;
  const result: Json = {};
  for (const [name, value] of Object.entries(dialect === 'v2' ? forOpenApi2(props) : props)) result[name] = part(name, value, dialect);
  return props['x-kubernetes-embedded-resource'] === true && !isOpen ? embedded(result, dialect) : result;
}

/** What kubectl's reader of OpenAPI 2 refuses is left out, as upstream leaves it out (apiextensions' ToStructuralOpenAPIV2, v1.34). */
function forOpenApi2(props: JSONSchemaProps): JSONSchemaProps {
  const isOpen = props['x-kubernetes-preserve-unknown-fields'] === true;
  const hasContent = !isOpen && props.nullable !== true;
  const untyped = !hasContent && (props.nullable === true || props.type === 'object' || props.type === 'array');
  const left = Object.entries(props).filter(
    ([name]) => !(validations.has(name) || (name === 'type' && untyped) || (!hasContent && (name === 'properties' || name === 'items'))),
  );
  const { required, ...rest } = Object.fromEntries(left) as JSONSchemaProps;
  const { properties = {}, additionalProperties } = rest;
  const mayBeNull = isSchema(additionalProperties) && additionalProperties.nullable === true;
  const needed = mayBeNull ? [] : required?.filter((field) => properties[field]?.nullable !== true);
  return { ...rest, ...(needed?.length && { required: needed }) };
}

function part(name: string, value: unknown, dialect: Dialect): unknown {
  if (name === 'properties')
    return Object.fromEntries(
      Object.entries(value as Record<string, JSONSchemaProps>).map(([key, inner]) => [key, written(inner, dialect)]),
    );
  if ((name === 'items' || name === 'additionalProperties' || name === 'not') && isSchema(value)) return written(value, dialect);
  return value;
}
