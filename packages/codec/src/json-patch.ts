/** JSON patch (RFC 6902). */
import { badRequest, cloneJson, requestTooLarge, unprocessable } from '@t8s/meta';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { isObject } from './own-field.ts';

type Json = Record<string, unknown>;

const maxOperations = 10_000;
/** How much all `copy` operations together may add: each can double the object. Bytes. */
const maxCopied = 3 * 1024 * 1024;

/** `object` with the operations applied in order, all or none; `object` stays as it is. Throws StatusErrors as apiserver does. */
export function applyJsonPatch(object: Json, operations: unknown): Json {
  if (!Array.isArray(operations))
    throw badRequest(`json: cannot unmarshal ${operations === null ? 'null' : typeof operations} into Go value of type jsonpatch.Patch`);
  if (operations.length > maxOperations)
    throw requestTooLarge(
      `Request entity too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`,
    );
  try {
    const patched = applied(cloneJson(object), operations as Operation[]);
    if (isObject(patched)) return patched;
  } catch (error) {
    if (!(error instanceof jsonPatch.JsonPatchError || error instanceof TypeError)) throw error;
  }
  throw unprocessable();
}

function applied(object: unknown, operations: readonly Operation[]): unknown {
  let document = object;
  let copied = 0;
  for (const [i, operation] of operations.entries()) {
    // Nothing moves into itself.
    if (operation.op === 'move' && `${operation.path}`.startsWith(`${operation.from}/`)) throw unprocessable();
    if (operation.op === 'copy') {
      copied += JSON.stringify(jsonPatch.getValueByPointer(document, operation.from))?.length ?? 0;
      if (copied > maxCopied) throw unprocessable();
    }
    document = jsonPatch.applyOperation(document, operation, true, true, true, i).newDocument;
  }
  return document;
}
