import { decodeObject } from '@t8s/codec';
import { badRequest, cloneJson, conflict, invalid, invalidValue, isStatus, type KubeObject, objectModified } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { AdmissionView } from '../admission/plugin.ts';
import type { ResourceContext, ServedResource } from '../context.ts';
import { lightenTooLarge } from '../field-management.ts';
import { bodyFormat, negotiate } from '../negotiation/media-types.ts';
import { shownOne } from '../registry/stored-form.ts';
import { giveBack, objectRules, prepareWrite, type Write, type WriteRules } from '../write-chain.ts';
import { readBody } from './body.ts';
import { createOne, placeIn } from './create.ts';
import { answerCached } from './present.ts';
import type { Services } from './services.ts';
import { checkFields, readWriteOptions, type WriteOptions } from './write-options.ts';

/** PUT of an object, or of a sub-resource that has its shape: `rules` says what it may change. */
export async function update(context: ResourceContext, services: Services, rules = objectRules(context.resource.kind)): Promise<void> {
  const options = readWriteOptions(context, 'UpdateOptions');
  const { resource, info, request } = context;
  const { kind } = resource;
  negotiate(request.headers.accept);
  const format = bodyFormat(request.headers['content-type'], kind.schema);
  const decoded = decodeObject({ bytes: await readBody(request), format, expected: kind, serves: services.served.serves });
  checkFields(decoded, { warnings: context.warnings, kind, fieldValidation: options.fieldValidation });
  const object = decoded.object as unknown as KubeObject;
  object.metadata ??= {};
  placeIn(object, info.namespace, kind.namespaced);
  checkName(object, info.name);
  const change = (current: KubeObject): KubeObject => {
    requireUid(resource, object, current.metadata.uid);
    return cloneJson(object);
  };
  try {
    answerCached(context, 200, await writeUpdate({ context, services, ...options, rules, change }));
  } catch (error) {
    const mayCreate =
      kind.strategy.createOnUpdate && info.subresource === '' && isStatus(error, 'NotFound') && !object.metadata.resourceVersion;
    if (!mayCreate) throw error;
    requireUid(resource, object, '');
    await createOne(context, services, object, options);
  }
}

/** A uid in the object says which one the client means. Throws Conflict. */
function requireUid({ kind, storage }: ServedResource, { metadata: { uid, name = '', namespace } }: KubeObject, found = ''): void {
  if (!uid || uid === found) return;
  const key = `/registry/${storage}/${namespace ? `${namespace}/` : ''}${name}`;
  throw conflict(
    kind,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${found}`,
  );
}

/** The name of the path counts; an object that has another, or none, is refused. */
export function checkName({ metadata }: KubeObject, name: string): void {
  if (!metadata.name) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}

export interface UpdateOptions extends WriteOptions {
  context: ResourceContext;
  services: Services;
  rules: WriteRules;
  /** What the client wants the object to be, given the latest version; a new object, never `current`. Called again when another write came first. */
  change(current: KubeObject): KubeObject | Promise<KubeObject>;
  /** How admission sees the change, where that is not the object itself. */
  view?(object: KubeObject, old: KubeObject): AdmissionView;
}

/**
 * Writes what `change` makes of the latest version and returns what is stored then, as the resource shows it; every update comes here. An object being
 * deleted goes with its last finalizer, in the same transaction.
 */
export async function writeUpdate({ context, services, dryRun, management, rules, change, view }: UpdateOptions): Promise<CachedObject> {
  const { resource, info } = context;
  const { objects, plugins, hooks } = services;
  const hook = hooks[resource.storage];
  const warningsBefore = context.warnings.length;
  const claims: Write['claims'] = [];
  let last: { object: KubeObject; old: CachedObject; shown: KubeObject } | undefined;
  try {
    const { cached, outcome } = await lightenTooLarge(management, (isLight) =>
      objects.change(resource, info, async (current) => {
        await giveBack(claims);
        context.warnings.length = warningsBefore;
        const old = resource.form ? (await shownOne(resource.form, current)).object : inOwnSpelling(resource, current.object);
        const changed = change(old);
        const object = changed instanceof Promise ? await changed : changed;
        checkVersion(object, old, resource);
        const write: Write = { context, resource, object, old, subresource: info.subresource, rules, management, dryRun, claims };
        if (view) write.view = view(object, old);
        await prepareWrite(write, plugins);
        if (isLight) delete write.object.metadata.managedFields;
        const next = (await resource.form?.stored(write.object)) ?? resource.kind.alias?.toStorage(write.object) ?? write.object;
        const undo = await hook?.beforeWrite?.(next, current.object, { dryRun });
        if (undo) claims.push(undo);
        last = { object: next, old: current, shown: resource.form ? write.object : next };
        if (dryRun) return { to: 'keep' };
        return isOver(services, resource, next) ? { to: 'delete' } : { to: 'put', object: next };
      }),
    );
    claims.length = 0;
    if (dryRun && last) return unstored(last.old, last.shown);
    if (last && outcome === 'written') await hook?.afterWrite?.(cached.object, last.old.object);
    if (last && outcome === 'deleted') {
      await hook?.afterRemove?.(last.object);
      // Who took the last finalizer sees what was written, though it is no more.
      return unstored(last.old, last.shown);
    }
    return resource.form ? await shownOne(resource.form, cached) : cached;
  } catch (error) {
    await giveBack(claims, error);
    throw error;
  }
}

const inOwnSpelling = ({ kind }: ServedResource, stored: KubeObject): KubeObject =>
  kind.alias ? kind.alias.fromStorage(cloneJson(stored)) : stored;

/** What a dry run shows: the object as it would be, at the version that is there. */
function unstored({ key, revision }: CachedObject, object: KubeObject): CachedObject {
  return { key, object, revision, bytes: Buffer.from(JSON.stringify(object)) };
}

/** An object on its way out that nothing holds any more. */
function isOver({ hooks }: Services, { storage }: ServedResource, object: KubeObject): boolean {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = object.metadata;
  return Boolean(deletionTimestamp) && finalizers.length === 0 && deletionGracePeriodSeconds === 0 && !hooks[storage]?.isHeld?.(object);
}

/** A resourceVersion in the object says which version the client means. */
function checkVersion(object: KubeObject, old: KubeObject, { kind }: ServedResource): void {
  const { resourceVersion = '', name = '' } = object.metadata;
  if (resourceVersion === '' || resourceVersion === '0') {
    if (kind.strategy.unconditionalUpdate === false)
      throw invalid({ group: kind.group, kind: kind.resource }, name, [
        invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
      ]);
    object.metadata.resourceVersion = old.metadata.resourceVersion;
  } else if (resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(kind, name, objectModified);
  }
}
