/**
 * The v2 document in protobuf, as gnostic's OpenAPIv2.proto lays it out: kubectl before 1.29 reads nothing else. Field
 * numbers are that file's; fields our document never has are left out.
 */
import protobuf, { type INamespace } from 'protobufjs';

type Json = Record<string, unknown>;

const text = (id: number): object => ({ type: 'string', id });
const texts = (id: number): object => ({ type: 'string', id, rule: 'repeated' });
const flag = (id: number): object => ({ type: 'bool', id });
const one = (type: string, id: number): object => ({ type, id });
const many = (type: string, id: number): object => ({ type, id, rule: 'repeated' });
const extensions = (id: number): object => many('NamedAny', id);

const messages = {
  Document: { swagger: text(1), info: one('Info', 2), paths: one('Paths', 8), definitions: one('Schemas', 9) },
  Info: { title: text(1), version: text(2) },
  Any: { yaml: text(2) },
  NamedAny: { name: text(1), value: one('Any', 2) },
  Paths: { path: many('NamedPathItem', 2) },
  NamedPathItem: { name: text(1), value: one('PathItem', 2) },
  PathItem: {
    get: one('Operation', 2),
    put: one('Operation', 3),
    post: one('Operation', 4),
    delete: one('Operation', 5),
    patch: one('Operation', 8),
  },
  Operation: { operationId: text(5), parameters: many('ParametersItem', 8), responses: one('Responses', 9), extensions: extensions(13) },
  ParametersItem: { parameter: one('Parameter', 1) },
  Parameter: { body: one('BodyParameter', 1), other: one('NonBodyParameter', 2) },
  BodyParameter: { name: text(2), in: text(3), required: flag(4), schema: one('Schema', 5) },
  NonBodyParameter: { query: one('QueryParameter', 3) },
  QueryParameter: { in: text(2), name: text(4), type: text(6), uniqueItems: flag(20) },
  Responses: { code: many('NamedResponse', 1) },
  NamedResponse: { name: text(1), value: one('ResponseValue', 2) },
  ResponseValue: { response: one('Response', 1) },
  Response: { description: text(1), schema: one('SchemaItem', 2) },
  SchemaItem: { schema: one('Schema', 1) },
  Schemas: { named: many('NamedSchema', 1) },
  NamedSchema: { name: text(1), value: one('Schema', 2) },
  Schema: {
    ref: text(1),
    format: text(2),
    description: text(4),
    required: texts(19),
    additionalProperties: one('SchemaItem', 21),
    type: one('Texts', 22),
    items: one('Items', 23),
    properties: one('Schemas', 25),
    extensions: extensions(31),
  },
  Texts: { value: texts(1) },
  Items: { schema: many('Schema', 1) },
};

/** `document` is the JSON form. */
export function encodeOpenApiV2(document: Json): Buffer {
  const nested = Object.fromEntries(Object.entries(messages).map(([name, fields]) => [name, { fields }])) as INamespace['nested'];
  const type = protobuf.Root.fromJSON({ ...(nested && { nested }) }).lookupType('Document');
  const { swagger, info, paths, definitions } = document as { swagger: string; info: Json; paths: Json; definitions: Json };
  const message = {
    swagger,
    info,
    paths: { path: named(paths, (item) => mapped(item, operation)) },
    definitions: { named: named(definitions, schema) },
  };
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}

const entries = (value: unknown): [string, Json][] => Object.entries((value ?? {}) as Record<string, Json>);
const named = (value: unknown, make: (item: Json) => Json): Json[] => entries(value).map(([name, item]) => ({ name, value: make(item) }));
const mapped = (value: Json, make: (item: Json) => Json): Json =>
  Object.fromEntries(entries(value).map(([name, item]) => [name, make(item)]));

/** Extensions are YAML texts, of which JSON is a part. */
const extensionsOf = (value: Json): Json[] =>
  Object.entries(value)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, extension]) => ({ name, value: { yaml: JSON.stringify(extension) } }));

function operation(value: Json): Json {
  return {
    operationId: value['operationId'],
    parameters: ((value['parameters'] ?? []) as Json[]).map((parameter) => ({ parameter: parameterOf(parameter) })),
    responses: { code: named(value['responses'], response) },
    extensions: extensionsOf(value),
  };
}

function parameterOf(parameter: Json): Json {
  return parameter['in'] === 'body'
    ? { body: { ...parameter, schema: schema(parameter['schema'] as Json) } }
    : { other: { query: parameter } };
}

const response = ({ description, schema: of }: Json): Json => ({
  response: { description, ...(of !== undefined && { schema: { schema: schema(of as Json) } }) },
});

function schema(value: Json): Json {
  const { $ref: ref, format, description, required, additionalProperties, type, items, properties } = value;
  return {
    ref,
    format,
    description,
    required,
    ...(additionalProperties !== undefined && { additionalProperties: { schema: schema(additionalProperties as Json) } }),
    ...(type !== undefined && { type: { value: [type] } }),
    ...(items !== undefined && { items: { schema: [schema(items as Json)] } }),
    ...(properties !== undefined && { properties: { named: named(properties, schema) } }),
    extensions: extensionsOf(value),
  };
}
