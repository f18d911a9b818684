import { type FieldError, forbiddenField, invalidValue, isConfigMapKey, tooLong } from '@t8s/meta';
import { invalidBy } from '../../field-checks.ts';
import type { ConfigMap } from '../../generated/types.ts';
import { semanticEqual } from '../../semantic-equal.ts';

/** What ConfigMaps and Secrets may hold, in bytes. */
export const maxDataSize = 1024 * 1024;

export function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const size =
    Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0) +
    Object.values(binaryData).reduce((sum, value) => sum + decodedLength(value), 0);
  return [
    ...Object.keys(data).flatMap((key) => [
      ...invalidBy(`data[${key}]`, key, isConfigMapKey(key)),
      ...(Object.hasOwn(binaryData, key) ? [invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')] : []),
    ]),
    ...Object.keys(binaryData).flatMap((key) => invalidBy(`binaryData[${key}]`, key, isConfigMapKey(key))),
    ...(size > maxDataSize ? [tooLong('', maxDataSize)] : []),
  ];
}

/** Bytes that a base64 text stands for. */
export const decodedLength = (text: string): number => Buffer.byteLength(text, 'base64');

/** What `immutable: true` forbids, for a ConfigMap or Secret with these fields of data. */
export function validateImmutable<T extends { immutable?: boolean }>(
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (old.immutable !== true) return [];
  const changed = fields.filter((field) => !semanticEqual(object[field], old[field]));
  return [...(object.immutable === true ? [] : ['immutable']), ...changed].map((field) =>
    forbiddenField(field, 'field is immutable when `immutable` is set'),
  );
}
