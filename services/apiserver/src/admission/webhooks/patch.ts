import { isDeepStrictEqual } from 'node:util';
import { applyJsonPatch, canonicalize, completeRequired, DecodeError, parseJson } from '@t8s/codec';
import { internalError, type KubeObject, StatusError } from '@t8s/meta';
import type { Invocation } from './invocation.ts';
import type { ReviewAnswer } from './review.ts';

type Json = Record<string, unknown>;

/** The object as the webhook wants it; undefined where it changes nothing. Throws InternalError for what can't be applied. */
export function patchedBy({ patch = '' }: ReviewAnswer, { hook, object, kind, matched }: Invocation): KubeObject | undefined {
  const operations = decode(patch, hook.webhook.name);
  if (operations.length === 0) return undefined;
  if (!object)
    throw internalError(
      `admission webhook ${JSON.stringify(hook.webhook.name)} attempted to modify the object, which is not supported for this operation`,
    );
  try {
    const changed = applyJsonPatch(structuredClone(object) as unknown as Json, operations);
    // What a sub-resource takes has no defaults.
    const isWhole = kind === matched.kind;
    const next = (isWhole ? canonicalize(changed, matched.kind.schema).object : changed) as unknown as KubeObject;
    if (isWhole) {
      completeRequired(next as unknown as Json, matched.kind.schema);
      matched.kind.strategy.defaults?.(next);
    }
    return isDeepStrictEqual(next, object) ? undefined : next;
  } catch (error) {
    if (error instanceof DecodeError || error instanceof StatusError) throw internalError(error.message);
    throw error;
  }
}

function decode(patch: string, webhook: string): unknown[] {
  if (patch === '') return [];
  const undecodable = (why: string): Error =>
    internalError(`failed calling webhook ${JSON.stringify(webhook)}: received undecodable patch in webhook response: ${why}`);
  try {
    const operations = parseJson(Buffer.from(patch, 'base64'));
    if (Array.isArray(operations)) return operations;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw undecodable(error.message);
  }
  throw undecodable('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
}
