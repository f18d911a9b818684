/** Server-side apply (KEP-555): PATCH with a configuration that says what its manager wants, and nothing else. */
import { applyConfiguration, canonicalize, completeRequired, type Decoded, DecodeError, decodeJson, decodeYaml } from '@t8s/codec';
import { badRequest, cloneJson, conflict, formatApiVersion, isStatus, type KubeObject, unclassified } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { ResourceContext } from '../context.ts';
import { managedOf } from '../field-management.ts';
import { negotiate } from '../negotiation/media-types.ts';
import { withConversions } from '../registry/stored-form.ts';
import type { WriteRules } from '../write-chain.ts';
import { readBody } from './body.ts';
import { createOne, placeIn } from './create.ts';
import { answerCached } from './present.ts';
import type { Services } from './services.ts';
import { checkName, writeUpdate } from './update.ts';
import { type FieldValidation, readApplyOptions, tellOfFields } from './write-options.ts';

type Json = Record<string, unknown>;

export const applyType = 'application/apply-patch+yaml';
const management = { as: 'applier' } as const;
/** How often an object may come and go while it is applied to. */
const maxTries = 5;

/** How a sub-resource with a type of its own (scale) is applied: as the part of its object that it shows. */
export interface AppliedPart {
  configuration(sent: Json): Json;
  answer(cached: CachedObject): void;
}

/** Changes the object to what the configuration says, or creates it; `rules` says what may change. */
export async function apply(context: ResourceContext, services: Services, rules: WriteRules, part?: AppliedPart): Promise<void> {
  const { resource, info } = context;
  negotiate(context.request.headers.accept);
  const { dryRun, fieldValidation, manager, force } = readApplyOptions(context);
  const sent = readConfiguration(await readBody(context.request), { fieldValidation, warnings: context.warnings });
  const configuration = part?.configuration(sent) ?? sent;
  const managed = managedOf(resource, info.subresource);
  const now = Date.now();
  const merge = (current: KubeObject | undefined): KubeObject => {
    const live = current && cloneJson(current);
    const merged = applyConfiguration({ managed, live, configuration: cloneJson(configuration), manager, force, now });
    const object = stored(context, merged);
    placeIn(object, info.namespace, resource.kind.namespaced);
    checkName(object, info.name);
    return object;
  };
  const change = (current: KubeObject | undefined): KubeObject | Promise<KubeObject> =>
    resource.form ? withConversions(() => merge(current)) : merge(current);
  for (let tries = 1; ; tries++) {
    try {
      const cached = await writeUpdate({ context, services, dryRun, management, rules, change });
      return part ? part.answer(cached) : answerCached(context, 200, cached);
    } catch (error) {
      if (info.subresource !== '' || !isStatus(error, 'NotFound')) throw error;
    }
    try {
      return await createApplied(context, services, { object: await change(undefined), dryRun });
    } catch (error) {
      // Another has created it meanwhile.
      if (tries === maxTries || !isStatus(error, 'AlreadyExists')) throw error;
    }
  }
}

async function createApplied(
  context: ResourceContext,
  services: Services,
  { object, dryRun }: { object: KubeObject; dryRun: boolean },
): Promise<void> {
  const { kind } = context.resource;
  const { uid, name = '' } = object.metadata;
  if (uid) throw conflict(kind, name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
  delete object.metadata.resourceVersion;
  await createOne(context, services, object, { dryRun, management });
}

/** A merged object in the form it is stored in. */
function stored({ resource: { kind } }: ResourceContext, merged: KubeObject): KubeObject {
  try {
    const { object } = canonicalize(merged as unknown as Json, kind.schema);
    completeRequired(object, kind.schema);
    return object as unknown as KubeObject;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { namespace = '', name = '' } = merged.metadata;
    const type = `${kind.group === '' ? '/' : ''}${formatApiVersion(kind)}, Kind=${kind.kind}`;
    throw unclassified(`failed to convert new object (${namespace}/${name}; ${type}) to proper version: ${error.message}`);
  }
}

/** YAML, of which the JSON that most clients send is a part. */
function readConfiguration(bytes: Buffer, { fieldValidation, warnings }: { fieldValidation: FieldValidation; warnings: string[] }): Json {
  const { object, strictErrors } = readDocument(bytes);
  if (strictErrors.length === 0 || fieldValidation === 'Ignore') return object;
  if (fieldValidation === 'Strict')
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${strictErrors.join(', ')}`);
  tellOfFields(strictErrors, warnings);
  return object;
}

function readDocument(bytes: Buffer): Decoded {
  const json = bytes[0] === 0x7b ? attempt(() => decodeJson(bytes)) : undefined;
  if (json && !(json instanceof DecodeError) && json.strictErrors.length === 0) return json;
  // Not JSON after all, or keys that come twice: told as YAML's reader does.
  const yaml = attempt(() => decodeYaml(bytes));
  if (yaml instanceof DecodeError) throw badRequest(`error decoding YAML: ${yaml.message}`);
  return yaml;
}

function attempt(read: () => Decoded): Decoded | DecodeError {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}
