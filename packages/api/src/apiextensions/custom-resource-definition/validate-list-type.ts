import { type FieldError, forbiddenField, invalidValue, notSupportedInOrder, required } from '@t8s/meta';
import type { JSONSchemaProps } from '../../generated/types.ts';
import { isSchema } from '../schema/structural.ts';

const listTypes = ['atomic', 'set', 'map'];

/** How the elements of a list are told apart: sets by their values, maps by keys that all of them have. */
export function validateListType(schema: JSONSchemaProps, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const at = `${path}.x-kubernetes-list-type`;
  const onlyMaps = 'must be map if x-kubernetes-list-map-keys is non-empty';
  return [
    ...(listType === undefined ? [] : mustBe('array', schema, `${path}.type`, 'must be array if x-kubernetes-list-type is specified')),
    ...(listType === 'set' && schema.type === 'array' ? validateSetItems(schema, path) : []),
    ...(listType === undefined || listTypes.includes(listType) ? [] : [notSupportedInOrder(at, listType, listTypes)]),
    ...(keys.length > 0 && listType === undefined ? [required(at, onlyMaps)] : []),
    ...(keys.length > 0 && listType !== undefined && listType !== 'map' ? [invalidValue(at, listType, onlyMaps)] : []),
    ...(listType === 'map' ? validateMapKeys(schema, path) : []),
    ...(listType === 'set' || listType === 'map' ? validateElements(schema, path) : []),
  ];
}

function validateSetItems({ items }: JSONSchemaProps, path: string): FieldError[] {
  if (!isSchema(items)) return [];
  const listType = items['x-kubernetes-list-type'];
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic')
    return [invalidValue(`${path}.items.x-kubernetes-list-type`, listType, why)];
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    return [invalidValue(`${path}.items.x-kubernetes-map-type`, listType ?? null, why)];
  return [];
}

function validateMapKeys({ items, ...schema }: JSONSchemaProps, path: string): FieldError[] {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const at = `${path}.x-kubernetes-list-map-keys`;
  const empty = keys.length === 0 ? [required(at, 'must not be empty if x-kubernetes-list-type is map')] : [];
  if (items === undefined) return [...empty, required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  if (!isSchema(items))
    return [...empty, invalidValue(`${path}.items`, items, 'must only have a single schema if x-kubernetes-list-type is map')];
  if (items.type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map";
    return [...empty, invalidValue(`${path}.items.type`, items.type ?? '', why)];
  }
  return [
    ...empty,
    ...keys.flatMap((key, i) => {
      const property = items.properties?.[key];
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      return [
        ...(property ? [] : [invalidValue(at, keys, 'entries must all be names of item properties')]),
        ...(property?.type === 'array' || property?.type === 'object'
          ? [invalidValue(`${path}.items.properties[${key}].type`, items.type, why)]
          : []),
        ...(keys.indexOf(key) < i ? [invalidValue(at, keys, 'must not contain duplicate entries')] : []),
      ];
    }),
  ];
}

/** No element is null, and each has its keys. */
function validateElements({ items, ...schema }: JSONSchemaProps, path: string): FieldError[] {
  if (!isSchema(items)) return [];
  const listType = schema['x-kubernetes-list-type'];
  const keys = listType === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : [];
  return [
    ...(items.nullable ? [forbiddenField(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`)] : []),
    ...keys.flatMap((key) => {
      const property = items.properties?.[key];
      const at = `${path}.items.properties[${key}]`;
      if (!property) return [];
      const isThere = items.required?.includes(key) || (property.default ?? undefined) !== undefined;
      const why = 'this property is in x-kubernetes-list-map-keys, so it';
      return [
        ...(isThere ? [] : [required(`${at}.default`, `${why} must have a default or be a required property`)]),
        ...(property.nullable ? [forbiddenField(`${at}.nullable`, `${why} cannot be nullable`)] : []),
      ];
    }),
  ];
}

/** The type of a schema is this one, or `why` not. */
export function mustBe(type: string, schema: JSONSchemaProps, path: string, why: string): FieldError[] {
  if (schema.type === type) return [];
  return [schema.type ? invalidValue(path, schema.type, why) : required(path, why)];
}
