/** The fields of a strategic merge patch that are orders to the server, not data. */
import { getField, isObject, setField } from '../own-field.ts';

type Json = Record<string, unknown>;

export const patchDirective = '$patch';
export const retainKeysDirective = '$retainKeys';
export const deleteFromPrimitiveListPrefix = '$deleteFromPrimitiveList/';
export const setElementOrderPrefix = '$setElementOrder/';

const isDirective = (name: string): boolean =>
  name === patchDirective ||
  name === retainKeysDirective ||
  name.startsWith(deleteFromPrimitiveListPrefix) ||
  name.startsWith(setElementOrderPrefix);

/** `value` as data: directives gone, objects marked for deletion too (undefined). `nulls: false` drops nulls as well. */
export function asData(value: unknown, { nulls }: { nulls: boolean }): unknown {
  if (Array.isArray(value)) return value.map((item) => asData(item, { nulls })).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (getField(value, patchDirective) === 'delete') return undefined;
  const data: Json = {};
  for (const [name, field] of Object.entries(value)) {
    if (isDirective(name) || (!nulls && field === null)) continue;
    const kept = asData(field, { nulls });
    if (kept !== undefined) setField(data, name, kept);
  }
  return data;
}
