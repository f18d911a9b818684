/** The documents of patches, read with encoding/json's words for what is wrong with them. */
import { DecodeError } from './decode-error.ts';
import { parseJson } from './decode-json.ts';
import { strictFieldErrors } from './json-scan.ts';
import { jsonKind } from './mistyped.ts';
import { isObject } from './own-field.ts';

type Json = Record<string, unknown>;

export interface PatchDocument<T> {
  value: T;
  /** Fields named twice and fields that patches don't have. */
  strictErrors: string[];
}

const operationFields = ['op', 'path', 'from', 'value'];

/** A list of JSON patch operations; null is an empty one. Throws DecodeError. */
export function decodeJsonPatch(bytes: Uint8Array): PatchDocument<Json[]> {
  const value = parseJson(bytes) ?? [];
  if (!Array.isArray(value))
    throw new DecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type []handlers.jsonPatchOp`);
  const unknown = new Set<string>();
  const operations = value.map((operation: unknown, i) => {
    if (operation === null) return {};
    if (!isObject(operation))
      throw new DecodeError(`json: cannot unmarshal ${jsonKind(operation)} into Go value of type handlers.jsonPatchOp`);
    for (const name of ['op', 'path', 'from']) {
      const field = operation[name] ?? '';
      if (typeof field !== 'string')
        throw new DecodeError(`json: cannot unmarshal ${jsonKind(field)} into Go struct field jsonPatchOp.${name} of type string`);
    }
    for (const name of Object.keys(operation)) if (!operationFields.includes(name)) unknown.add(`[${i}].${name}`);
    return operation;
  });
  return { value: operations, strictErrors: strictFieldErrors(textOf(bytes), unknown).map((error) => `json patch ${error}`) };
}

/** The object of a merge or strategic merge patch, which may be null. Throws DecodeError. */
export function decodeMergePatch(bytes: Uint8Array): PatchDocument<Json | null> {
  const value = parseJson(bytes);
  if (value !== null && !isObject(value))
    throw new DecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`);
  return { value, strictErrors: strictFieldErrors(textOf(bytes), new Set()) };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
