/**
 * What makes a schema structural: every field has a type outside of alternatives, and alternatives only restrict values
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema).
 */
import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldErrorMessage, forbiddenField, invalidValue, required } from '@t8s/meta';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { readPattern } from '../schema/pattern.ts';
import { isSchema } from '../schema/structural.ts';
import { validateCompleteness } from './validate-completeness.ts';

type Level = 'root' | 'item' | 'field';

/** Sorted by their text. */
export function validateStructural(schema: JSONSchemaProps, path: string): FieldError[] {
  const errors = [...invariants(schema, 'root', path), ...validateCompleteness(schema, path)];
  return errors
    .map((error) => ({ error, text: fieldErrorMessage(error) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ error }) => error);
}

function invariants(schema: JSONSchemaProps, level: Level, path: string): FieldError[] {
  const { items, properties = {}, additionalProperties, type = '' } = schema;
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const checksMetadata = level === 'root' || isEmbedded;
  return [
    ...(type === 'array' && !isSchema(items) ? [required(`${path}.items`, 'must be specified')] : []),
    ...(isSchema(items) ? invariants(items, 'item', `${path}.items`) : []),
    ...Object.entries(properties).flatMap(([name, inner]) => invariants(inner, 'field', `${path}.properties[${name}]`)),
    ...(additionalProperties !== undefined && level === 'root'
      ? [forbiddenField(`${path}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(isSchema(additionalProperties) ? invariants(additionalProperties, 'field', `${path}.additionalProperties`) : []),
    ...validateExtensions(schema, path),
    ...validateAlternatives(schema, path, intOrStringPattern(schema)),
    ...validateType(schema, level, path),
    ...(isEmbedded && additionalProperties !== undefined
      ? [forbiddenField(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set')]
      : []),
    ...(checksMetadata ? [...mustBeString(properties, 'kind', path), ...mustBeString(properties, 'apiVersion', path)] : []),
    ...(properties['metadata'] ? validateMetadata(properties['metadata'], { checksMetadata, level, path }) : []),
    ...(isEmbedded && !preserves && Object.keys(properties).length === 0
      ? [
          required(
            `${path}.properties`,
            'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
          ),
        ]
      : []),
  ];
}

const untyped: Record<Level, string> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function validateType(schema: JSONSchemaProps, level: Level, path: string): FieldError[] {
  const { type = '' } = schema;
  const errors: FieldError[] = [];
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === '' ? required(`${path}.type`, why) : invalidValue(`${path}.type`, type, why));
  } else if (type === '' && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields']) {
    errors.push(required(`${path}.type`, untyped[level]));
  }
  if (level === 'root' && type !== '' && type !== 'object') errors.push(invalidValue(`${path}.type`, type, 'must be object at the root'));
  return errors;
}

function validateExtensions(schema: JSONSchemaProps, path: string): FieldError[] {
  if (!schema['x-kubernetes-int-or-string']) return [];
  return (['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
    .filter((name) => schema[name])
    .map((name) => invalidValue(`${path}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true'));
}

function mustBeString(properties: Readonly<Record<string, JSONSchemaProps>>, name: string, path: string): FieldError[] {
  const property = properties[name];
  if (!property || property.type === 'string') return [];
  return [invalidValue(`${path}.properties[${name}].type`, property.type ?? '', 'must be string')];
}

function validateMetadata(
  schema: JSONSchemaProps,
  { checksMetadata, level, path }: { checksMetadata: boolean; level: Level; path: string },
): FieldError[] {
  const at = `${path}.properties[metadata]`;
  return [
    ...(checksMetadata && schema.type !== 'object' ? [invalidValue(`${at}.type`, schema.type ?? '', 'must be object')] : []),
    ...(level === 'root' && saysTooMuch(schema)
      ? [forbiddenField(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified')]
      : []),
  ];
}

function saysTooMuch({ type: _, default: __, properties = {}, ...others }: JSONSchemaProps): boolean {
  const names = Object.keys(properties);
  if (names.length > 0 && !names.every((name) => name === 'name' || name === 'generateName')) return true;
  return Object.values(others).some((value) => value !== undefined && value !== '' && value !== false && !isDeepStrictEqual(value, []));
}

/** Where the types of an integer or text may stand in alternatives all the same. */
interface Exceptions {
  anyOf: boolean;
  firstAllOf: boolean;
}

const integerOrText: JSONSchemaProps[] = [{ type: 'integer' }, { type: 'string' }];

const intOrStringPattern = ({ anyOf, allOf }: JSONSchemaProps): Exceptions => ({
  anyOf: isDeepStrictEqual(anyOf, integerOrText),
  firstAllOf: isDeepStrictEqual(allOf?.[0]?.anyOf, integerOrText),
});

function validateAlternatives(schema: JSONSchemaProps, path: string, { anyOf, firstAllOf }: Exceptions): FieldError[] {
  const none: Exceptions = { anyOf: false, firstAllOf: false };
  const pattern = schema.pattern ? readPattern(schema.pattern) : undefined;
  return [
    ...(anyOf ? [] : (schema.anyOf ?? []).flatMap((inner, i) => nested(inner, `${path}.anyOf[${i}]`, none))),
    ...(schema.allOf ?? []).flatMap((inner, i) => nested(inner, `${path}.allOf[${i}]`, { ...none, anyOf: firstAllOf && i === 0 })),
    ...(schema.oneOf ?? []).flatMap((inner, i) => nested(inner, `${path}.oneOf[${i}]`, none)),
    ...(schema.not ? nested(schema.not, `${path}.not`, none) : []),
    ...(pattern instanceof Error
      ? [invalidValue(`${path}.pattern`, schema.pattern, `must be a valid regular expression, but isn't: ${pattern.message}`)]
      : []),
  ];
}

/** A part of an alternative: only what restricts values. */
function nested(schema: JSONSchemaProps, path: string, exceptions: Exceptions): FieldError[] {
  const none: Exceptions = { anyOf: false, firstAllOf: false };
  const isSet = (name: keyof JSONSchemaProps): boolean => {
    const value = schema[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== '' && value !== false;
  };
  const forbidden = (name: keyof JSONSchemaProps, be: 'empty' | 'undefined' | 'false'): FieldError[] =>
    isSet(name) || (name === 'additionalProperties' && schema[name] === false)
      ? [forbiddenField(`${path}.${name}`, `must be ${be} to be structural`)]
      : [];
  return [
    ...validateAlternatives(schema, path, exceptions),
    ...(isSchema(schema.items) ? nested(schema.items, `${path}.items`, none) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => nested(inner, `${path}.properties[${name}]`, none)),
    ...forbidden('type', 'empty'),
    ...forbidden('additionalProperties', 'undefined'),
    ...forbidden('default', 'undefined'),
    ...forbidden('title', 'empty'),
    ...forbidden('description', 'empty'),
    ...forbidden('nullable', 'false'),
    ...forbidden('x-kubernetes-preserve-unknown-fields', 'false'),
    ...forbidden('x-kubernetes-embedded-resource', 'false'),
    ...forbidden('x-kubernetes-int-or-string', 'false'),
    ...forbidden('x-kubernetes-list-map-keys', 'empty'),
    ...forbidden('x-kubernetes-list-type', 'undefined'),
    ...forbidden('x-kubernetes-map-type', 'undefined'),
    ...forbidden('x-kubernetes-validations', 'empty'),
    ...(schema.properties?.['metadata']
      ? [forbiddenField(`${path}.properties[metadata]`, 'must not be specified in a nested context')]
      : []),
  ];
}
