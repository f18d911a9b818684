/** JSON patch (RFC 6902). */
import { badRequest, requestTooLarge, unprocessable } from '@t8s/meta';
import jsonPatch, { type Operation } from 'fast-json-patch';

type Json = Record<string, unknown>;

const maxOperations = 10_000;

/** `object` with the operations applied in order, all or none; `object` stays as it is. Throws StatusErrors as apiserver does. */
export function applyJsonPatch(object: Json, operations: unknown): Json {
  if (!Array.isArray(operations))
    throw badRequest(`json: cannot unmarshal ${operations === null ? 'null' : typeof operations} into Go value of type jsonpatch.Patch`);
  if (operations.length > maxOperations)
    throw requestTooLarge(`The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`);
  try {
    return jsonPatch.applyPatch(structuredClone(object), operations as Operation[], true, true, true).newDocument;
  } catch (error) {
    if (error instanceof jsonPatch.JsonPatchError || error instanceof TypeError) throw unprocessable();
    throw error;
  }
}
