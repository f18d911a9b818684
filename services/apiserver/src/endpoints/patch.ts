import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  canonicalize,
  completeRequired,
  DecodeError,
  parseJson,
} from '@t8s/codec';
import { badRequest, type KubeObject, unsupportedMediaType } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import { mediaType, negotiate } from '../negotiation/media-types.ts';
import { objectRules } from '../write-chain.ts';
import { apply, applyType } from './apply.ts';
import { readBody } from './body.ts';
import { placeIn } from './create.ts';
import { answerCached } from './present.ts';
import type { Services } from './services.ts';
import { checkName, writeUpdate } from './update.ts';
import { checkFields, readWriteOptions } from './write-options.ts';

type Json = Record<string, unknown>;
type Patch = (current: Json, patch: unknown, typeName: string) => Json;

const strategic = 'application/strategic-merge-patch+json';
const patches: Record<string, Patch> = {
  'application/json-patch+json': (current, patch) => applyJsonPatch(current, patch),
  'application/merge-patch+json': (current, patch) => applyMergePatch(current, asObject(patch)),
  [strategic]: (current, patch, typeName) => applyStrategicMergePatch(current, asObject(patch), typeName),
};

/** Changes an object by a patch, or applies a configuration; `rules` says what may change. */
export async function patch(context: ResourceContext, services: Services, rules = objectRules(context.resource.kind)): Promise<void> {
  const { kind } = context.resource;
  const type = mediaType(context.request.headers['content-type']);
  if (type === applyType) return apply(context, services, rules);
  // What merges by key, and by which, only types of Go say.
  const offered = Object.keys(patches).filter((name) => name !== strategic || !context.resource.form);
  const patchTo = offered.includes(type) ? patches[type] : undefined;
  if (!patchTo) throw unsupportedMediaType([...offered, applyType]);
  negotiate(context.request.headers.accept);
  const options = readWriteOptions(context, 'PatchOptions');
  const document = parsePatch(await readBody(context.request));
  const change = (current: KubeObject): KubeObject => {
    const patched = patchTo(current as unknown as Json, document, kind.schema);
    const { object, unknownFields } = typed(patched, kind.schema, kind.kind);
    checkFields(context, { strictErrors: unknownFields.map((path) => `unknown field "${path}"`) });
    const next = object as unknown as KubeObject;
    placeIn(next, context.info.namespace, kind.namespaced);
    checkName(next, context.info.name);
    return next;
  };
  answerCached(context, 200, await writeUpdate({ context, services, ...options, rules, change }));
}

function parsePatch(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`error decoding patch: ${error.message}`);
    throw error;
  }
}

function typed(patched: Json, schema: string, kind: string): { object: Json; unknownFields: readonly string[] } {
  try {
    const { object, unknownFields } = canonicalize(patched, schema);
    completeRequired(object, schema);
    return { object, unknownFields };
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`unable to decode the patched object as a ${kind}: ${error.message}`);
    throw error;
  }
}

function asObject(patch: unknown): Json {
  if (typeof patch === 'object' && patch !== null && !Array.isArray(patch)) return patch as Json;
  throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
}
