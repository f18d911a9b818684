/** The three patches that change what is there, with upstream's words for those that can't be read or don't fit. */
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  canonicalize,
  completeRequired,
  converterMistyped,
  DecodeError,
  decodeJsonPatch,
  decodeMergePatch,
  foreignKind,
  goMap,
} from '@t8s/codec';
import {
  badRequest,
  formatApiVersion,
  invalid,
  invalidValue,
  type StatusError,
  unsupportedMediaType,
  unsupportedPatchType,
} from '@t8s/meta';
import type { ServedResource } from '../context.ts';
import { mediaType } from '../negotiation/media-types.ts';
import { applyType } from './apply.ts';
import { type FieldValidation, strictDecodingError } from './write-options.ts';

type Json = Record<string, unknown>;

/** What the patched object must be. */
export interface PatchTarget {
  group: string;
  version: string;
  kind: string;
  schema: string;
}

export interface Patched {
  /** In canonical form. */
  object: Json;
  /** Unknown and duplicate fields that are to be warned of. */
  warnings: readonly string[];
}

/** Applies the patch to one version of an object, which stays as it is. */
export type Patch = (current: Json) => Patched;

interface PatchRequest {
  contentType: string | undefined;
  bytes: Buffer;
  target: PatchTarget;
  fieldValidation: FieldValidation;
  /** Whether a kind is served at all. */
  serves(apiVersion: string, kind: string): boolean;
}

const strategic = 'application/strategic-merge-patch+json';

/** Whether the resource takes a patch of this type: what merges by key, and by which, only types of Go say. Throws UnsupportedMediaType. */
export function checkPatchType(contentType: string | undefined, { form }: Pick<ServedResource, 'form'> = {}): void {
  const type = mediaType(contentType);
  if (!form && !Object.hasOwn(readers, type)) throw unsupportedPatchType();
  const offered = [...Object.keys(readers).filter((name) => name !== strategic), applyType];
  if (form && !offered.includes(type)) throw unsupportedMediaType(offered);
}

/** Reads a patch when it is first tried, once for all the versions it may be tried on. What it throws is BadRequest or Invalid. */
export function readPatch(request: PatchRequest): Patch {
  const reader = readers[mediaType(request.contentType)];
  if (!reader) throw unsupportedPatchType();
  let patch: Patch | undefined;
  return (current) => {
    patch ??= reader(request);
    return patch(current);
  };
}

const readers: Record<string, (request: PatchRequest) => Patch> = {
  'application/json-patch+json'(request) {
    const { value, strictErrors } = decoded('error decoding patch: ', () => decodeJsonPatch(request.bytes));
    const isFree = Array.isArray(value) && value.every(leavesManagers);
    return (current) => fromJson(request, { current, isFree, strictErrors, apply: (object) => applyJsonPatch(object, value) });
  },
  'application/merge-patch+json'(request) {
    const { value, strictErrors } = decoded('error decoding patch: ', () => decodeMergePatch(request.bytes));
    if (value === null) throw badRequest('Invalid JSON Patch');
    const isFree = !namesManagers(value);
    return (current) => fromJson(request, { current, isFree, strictErrors, apply: (object) => applyMergePatch(object, value) });
  },
  [strategic](request) {
    const { value, strictErrors } = decoded('', () => decodeMergePatch(request.bytes));
    const patch = value ?? {};
    const isFree = !namesManagers(patch);
    return (current) => {
      const { object, warnings } = fromMap(request, {
        patch,
        strictErrors,
        object: applyStrategicMergePatch(isFree ? withoutManagers(current) : current, patch, request.target.schema),
      });
      return { object: isFree ? withManagers(object, current) : object, warnings };
    };
  },
};

/**
 * What says who manages which fields is half of many an object. A patch that does not name it leaves it alone: then it is neither
 * copied nor read again.
 */
const namesManagers = ({ metadata }: Json): boolean => typeof metadata === 'object' && metadata !== null && 'managedFields' in metadata;

/** Whether an operation of a JSON patch neither reads nor writes it. */
const leavesManagers = ({ path, from = path }: { path?: unknown; from?: unknown }): boolean =>
  [path, from].every((at) => typeof at === 'string' && at !== '' && at !== '/metadata' && !at.startsWith('/metadata/managedFields'));

function withoutManagers(object: Json): Json {
  const { managedFields: _, ...metadata } = object['metadata'] as Json;
  return { ...object, metadata };
}

function withManagers(object: Json, current: Json): Json {
  const { managedFields } = current['metadata'] as Json;
  if (managedFields !== undefined) (object['metadata'] as Json)['managedFields'] = managedFields;
  return object;
}

function decoded<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${prefix}${error.message}`);
    throw error;
  }
}

interface Making {
  current: Json;
  /** The managed fields are left alone. */
  isFree: boolean;
  strictErrors: readonly string[];
  apply(object: Json): Json;
}

/** What JSON and merge patches make is read as a body would be; a refusal quotes it as it was, so it is made anew for that. */
function fromJson({ target, fieldValidation, serves }: PatchRequest, { current, isFree, strictErrors, apply }: Making): Patched {
  const object = apply(isFree ? withoutManagers(current) : current);
  const refuse = (why: string): StatusError => invalidPatch(JSON.stringify(apply(current)), why);
  const apiVersion = String(object['apiVersion'] ?? '') || formatApiVersion(target);
  const kind = String(object['kind'] ?? '') || target.kind;
  const foreign = foreignKind({ apiVersion, kind }, { expected: target, serves });
  if (foreign !== undefined) throw refuse(foreign);
  const patched = typed({ object, target, strictErrors, fieldValidation, refuse, words: undefined });
  return isFree ? { ...patched, object: withManagers(patched.object, current) } : patched;
}

/** What strategic merge patches make is read by another way than bodies; its kind is given. */
function fromMap(
  { target, fieldValidation }: PatchRequest,
  { patch, object, strictErrors }: { patch: Json; object: Json; strictErrors: readonly string[] },
): Patched {
  object['apiVersion'] = formatApiVersion(target);
  object['kind'] = target.kind;
  const refuse = (why: string): StatusError => invalidPatch(goMap(patch), why);
  return typed({ object, target, strictErrors, fieldValidation, refuse, words: converterMistyped });
}

interface Typing {
  object: Json;
  target: PatchTarget;
  strictErrors: readonly string[];
  fieldValidation: FieldValidation;
  refuse(why: string): StatusError;
  words: typeof converterMistyped | undefined;
}

function typed({ object: patched, target, strictErrors, fieldValidation, refuse, words }: Typing): Patched {
  try {
    const { object, unknownFields } = canonicalize(patched, target.schema, words);
    const errors = [...strictErrors, ...unknownFields.map((path) => `unknown field ${JSON.stringify(path)}`)];
    if (errors.length > 0 && fieldValidation === 'Strict') throw refuse(strictDecodingError(errors));
    completeRequired(object, target.schema);
    object['apiVersion'] = formatApiVersion(target);
    object['kind'] = target.kind;
    return { object, warnings: fieldValidation === 'Warn' ? errors : [] };
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message);
    throw error;
  }
}

const invalidPatch = (value: string, why: string): StatusError => invalid({ group: '', kind: '' }, '', [invalidValue('patch', value, why)]);
