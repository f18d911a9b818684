/** Rules for what a version offers beside its schema: columns, sub-resources, selectable fields. */
import { duplicate, type FieldError, invalidValue, required, tooMany } from '@t8s/meta';
import { requiredText } from '../../field-checks.ts';
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  JSONSchemaProps,
  SelectableField,
} from '../../generated/types.ts';
import { findField } from './field-path.ts';

export function validateDeprecation({ deprecated, deprecationWarning }: CustomResourceDefinitionVersion, path: string): FieldError[] {
  if (deprecationWarning === undefined) return [];
  const invalid = (why: string): FieldError => invalidValue(path, deprecationWarning, why);
  if (!deprecated) return [invalid('can only be set for deprecated versions')];
  const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(deprecationWarning);
  const at = unprintable && Buffer.byteLength(deprecationWarning.slice(0, unprintable.index));
  return [
    ...(Buffer.byteLength(deprecationWarning) > 256 ? [invalid('must be <= 256 characters long')] : []),
    ...(deprecationWarning === '' ? [invalid('must not be an empty string')] : []),
    ...(unprintable ? [invalid(`must only contain printable UTF-8 characters; non-printable character found at index ${at}`)] : []),
  ];
}

export function validateSubresources({ scale }: CustomResourceSubresources = {}, path: string): FieldError[] {
  if (!scale) return [];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return [
    ...pathUnder(`${path}.scale.specReplicasPath`, specReplicasPath, ['.spec'], 'should be a json path under .spec'),
    ...pathUnder(`${path}.scale.statusReplicasPath`, statusReplicasPath, ['.status'], 'should be a json path under .status'),
    ...(labelSelectorPath
      ? pathUnder(
          `${path}.scale.labelSelectorPath`,
          labelSelectorPath,
          ['.spec', '.status'],
          'should be a json path under either .spec or .status',
        )
      : []),
  ];
}

function pathUnder(path: string, value: string | undefined, roots: readonly string[], otherwise: string): FieldError[] {
  if (!value) return [required(path)];
  const problems = simplePath(path, value);
  if (problems.length > 0 || roots.some((root) => value.startsWith(`${root}.`))) return problems;
  return [invalidValue(path, value, otherwise)];
}

const simplePath = (path: string, value: string): FieldError[] =>
  value.startsWith('.') ? [] : [invalidValue(path, value, 'must be a simple json path starting with .')];

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

export function validateColumns(columns: readonly CustomResourceColumnDefinition[] = [], path: string): FieldError[] {
  return columns.flatMap(({ name, type, format, jsonPath }, i) => {
    const at = `${path}[${i}]`;
    const types = `must be one of ${columnTypes.join(',')}`;
    return [
      ...requiredText(`${at}.name`, name),
      ...(type ? [] : [required(`${at}.type`, types)]),
      ...(type && !columnTypes.includes(type) ? [invalidValue(`${at}.type`, type, types)] : []),
      ...(format && !columnFormats.includes(format)
        ? [invalidValue(`${at}.format`, format, `must be one of ${columnFormats.join(',')}`)]
        : []),
      ...(jsonPath ? simplePath(`${at}.JSONPath`, jsonPath) : [required(`${at}.JSONPath`)]),
    ];
  });
}

const maxSelectableFields = 8;

export function validateSelectableFields(
  fields: readonly SelectableField[] = [],
  schema: JSONSchemaProps | undefined,
  path: string,
): FieldError[] {
  if (fields.length === 0) return [];
  // Upstream says it just so.
  if (!schema) return [invalidValue(path, '', 'selectableFields may only be set when version.schema.openAPIV3Schema is not included')];
  const seen = new Set<string>();
  const errors = fields.flatMap(({ jsonPath }, i) => {
    const at = `${path}[${i}].jsonPath`;
    if (!jsonPath) return [required(at)];
    const found = findField(jsonPath, schema, { arrayNotation: false });
    if (found instanceof Error) return [invalidValue(at, jsonPath, `is an invalid path: ${found.message}`)];
    const isRepeated = seen.has(found.path);
    seen.add(found.path);
    return [
      ...(jsonPath.startsWith('.metadata') ? [invalidValue(at, jsonPath, 'must not point to fields in metadata')] : []),
      ...(['string', 'boolean', 'integer'].includes(found.schema.type ?? '') ? [] : [invalidValue(at, jsonPath, mustBeScalar)]),
      ...(isRepeated ? [duplicate(at, jsonPath)] : []),
    ];
  });
  return [...errors, ...(seen.size > maxSelectableFields ? [tooMany(path, seen.size, maxSelectableFields)] : [])];
}

const mustBeScalar = 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
