/** What the schema of a version must be, as a schema of OpenAPI and as a structural one. */
import { type FieldError, forbiddenField, invalidValue, notSupported, notSupportedInOrder } from '@t8s/meta';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { metaFields } from '../schema/structural.ts';
import { subSchemas } from './sub-schemas.ts';
import { validateDefaults } from './validate-defaults.ts';
import { mustBe, validateListType } from './validate-list-type.ts';
import { validateRules } from './validate-rules.ts';
import { validateStructural } from './validate-structural.ts';

/** `path` leads to the openAPIV3Schema. */
export function validateSchema(schema: JSONSchemaProps, path: string, { hasStatus }: { hasStatus: boolean }): FieldError[] {
  const unsupported = findUnsupported(schema);
  const structural = unsupported === undefined ? validateStructural(schema, path) : [];
  const errors = [
    ...(hasStatus ? validateRoot(schema, path) : []),
    ...(schema.nullable ? [forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root')] : []),
    ...structural,
    ...(unsupported === undefined && structural.length === 0 ? validateDefaults(schema, path) : []),
    ...validateNode(schema, { path, isRoot: true, isInMeta: false }),
  ];
  return errors.length === 0 && unsupported !== undefined ? [invalidValue(path, '', unsupported)] : errors;
}

/** By upstream's names: the error lists them. */
const rootFields: Record<string, string> = {
  description: 'Description',
  type: 'Type',
  format: 'Format',
  title: 'Title',
  maximum: 'Maximum',
  exclusiveMaximum: 'ExclusiveMaximum',
  minimum: 'Minimum',
  exclusiveMinimum: 'ExclusiveMinimum',
  maxLength: 'MaxLength',
  minLength: 'MinLength',
  pattern: 'Pattern',
  maxItems: 'MaxItems',
  minItems: 'MinItems',
  uniqueItems: 'UniqueItems',
  multipleOf: 'MultipleOf',
  required: 'Required',
  items: 'Items',
  properties: 'Properties',
  externalDocs: 'ExternalDocs',
  example: 'Example',
  'x-kubernetes-preserve-unknown-fields': 'XPreserveUnknownFields',
  'x-kubernetes-validations': 'XValidations',
};

/** With a status of its own, rules for the whole object would hold for parts of it. */
function validateRoot(schema: JSONSchemaProps, path: string): FieldError[] {
  if (schema.type && schema.type !== 'object') {
    const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    return [invalidValue(`${path}.type`, schema.type, why)];
  }
  const isSet = ([, value]: [string, unknown]): boolean => value !== undefined && value !== '' && value !== false;
  const foreign = Object.entries(schema)
    .filter(isSet)
    .find(([name]) => !(name in rootFields));
  if (!foreign) return [];
  const why = `only [${Object.values(rootFields).join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalidValue(path, schema, why)];
}

/** Why a schema has no structural form at all; the rules of OpenAPI mostly say it better. */
function findUnsupported(schema: JSONSchemaProps): string | undefined {
  const named: [isThere: unknown, name: string][] = [
    [schema.id, 'id'],
    [schema.$schema, 'schema'],
    [schema.$ref, '$ref'],
    [Object.keys(schema.patternProperties ?? {}).length, 'patternProperties'],
    [Object.keys(schema.dependencies ?? {}).length, 'dependencies'],
    [schema.additionalItems !== undefined, 'additionalItems'],
    [Object.keys(schema.definitions ?? {}).length, 'definitions'],
  ];
  const found = named.find(([isThere]) => Boolean(isThere));
  if (found) return `OpenAPIV3Schema '${found[1]}' is not supported`;
  if (Array.isArray(schema.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  for (const [inner] of subSchemas(schema)) {
    const problem = findUnsupported(inner);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

interface At {
  path: string;
  isRoot: boolean;
  /** Within apiVersion, kind or metadata of an object. */
  isInMeta: boolean;
  /** Why there may be no default; allowed where absent. */
  noDefaults?: string;
}

function validateNode(schema: JSONSchemaProps, at: At): FieldError[] {
  const { path } = at;
  return [
    ...validateKeywords(schema, at),
    ...(schema.uniqueItems
      ? [forbiddenField(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic')]
      : []),
    ...(schema.additionalProperties !== undefined && schema.additionalProperties !== true && Object.keys(schema.properties ?? {}).length > 0
      ? [forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')]
      : []),
    ...subSchemas(schema).flatMap(([inner, step]) => validateNode(inner, into(schema, step, at))),
    ...(schema['x-kubernetes-preserve-unknown-fields'] === false
      ? [invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')]
      : []),
    ...validateMapType(schema, path),
    ...validateListType(schema, path),
    ...validateRules(schema, path),
  ];
}

function into(schema: JSONSchemaProps, step: string, at: At): At {
  const next: At = { ...at, path: `${at.path}.${step}`, isRoot: false };
  const property = /^properties\[(.*)\]$/s.exec(step)?.[1];
  if (step === 'additionalProperties' && at.isInMeta)
    return { ...next, noDefaults: 'inside additionalProperties applying to object metadata' };
  if (property === undefined || !metaFields.has(property)) return next;
  if (!at.isRoot && !schema['x-kubernetes-embedded-resource']) return next;
  return { ...next, isInMeta: true, ...(at.isRoot && { noDefaults: `in top-level ${property}` }) };
}

const types = ['string', 'number', 'integer', 'boolean', 'array', 'object'];

function validateKeywords(schema: JSONSchemaProps, { path, noDefaults, isInMeta }: At): FieldError[] {
  const unsupported = (isThere: boolean, name: string): FieldError[] =>
    isThere ? [forbiddenField(`${path}.${name}`, `${name} is not supported`)] : [];
  return [
    ...(schema.type && !types.includes(schema.type) ? [notSupported(`${path}.type`, schema.type, types)] : []),
    ...((schema.default ?? undefined) !== undefined && noDefaults !== undefined
      ? [forbiddenField(`${path}.default`, `must not be set ${noDefaults}`)]
      : []),
    ...unsupported(Boolean(schema.id), 'id'),
    ...unsupported(schema.additionalItems !== undefined, 'additionalItems'),
    ...unsupported(Object.keys(schema.patternProperties ?? {}).length > 0, 'patternProperties'),
    ...unsupported(Object.keys(schema.definitions ?? {}).length > 0, 'definitions'),
    ...unsupported(schema.dependencies !== undefined, 'dependencies'),
    ...unsupported(schema.$ref !== undefined, '$ref'),
    ...(schema.type === 'null' ? [forbiddenField(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')] : []),
    ...(Array.isArray(schema.items) ? [forbiddenField(`${path}.items`, 'items must be a schema object and not an array')] : []),
    ...(isInMeta && schema['x-kubernetes-embedded-resource']
      ? [forbiddenField(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta')]
      : []),
  ];
}

function validateMapType(schema: JSONSchemaProps, path: string): FieldError[] {
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return [];
  return [
    ...mustBe('object', schema, `${path}.type`, 'must be object if x-kubernetes-map-type is specified'),
    ...(['atomic', 'granular'].includes(mapType)
      ? []
      : [notSupportedInOrder(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular'])]),
  ];
}
