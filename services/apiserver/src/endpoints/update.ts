import { decodeObject } from '@t8s/codec';
import { badRequest, conflict, invalid, invalidValue, isStatus, type KubeObject, objectModified } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { ResourceContext } from '../context.ts';
import { bodyFormat } from '../negotiation/media-types.ts';
import { servesKind } from '../registry/served-resources.ts';
import { prepareWrite, type Write } from '../write-chain.ts';
import { readBody } from './body.ts';
import { placeIn } from './create.ts';
import { finishDeletion } from './delete.ts';
import { answerCached, answerUnstored } from './present.ts';
import type { Services } from './services.ts';
import { checkFields, readWriteOptions } from './write-options.ts';

export async function update(context: ResourceContext, services: Services): Promise<void> {
  const { dryRun } = readWriteOptions(context, 'UpdateOptions');
  const { resource, info } = context;
  const { kind } = resource;
  const decoded = decodeObject({
    bytes: await readBody(context.request),
    format: bodyFormat(context.request.headers['content-type']),
    expected: kind,
    serves: servesKind,
  });
  checkFields(context, decoded);
  const object = decoded.object as unknown as KubeObject;
  object.metadata ??= {};
  placeIn(object, info.namespace, kind.namespaced);
  object.metadata.name ??= info.name;
  if (object.metadata.name !== info.name)
    throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${info.name})`);
  try {
    await writeUpdate({ context, services, dryRun, change: () => object });
  } catch (error) {
    const mayCreate =
      kind.strategy.createOnUpdate && info.subresource === '' && isStatus(error, 'NotFound') && !object.metadata.resourceVersion;
    if (!mayCreate) throw error;
    await createByUpdate(context, services, object, dryRun);
  }
}

export interface UpdateOptions {
  context: ResourceContext;
  services: Services;
  dryRun: boolean;
  /** What the client wants the object to be, given the latest version; a new object or the client's own, never `current`. */
  change(current: KubeObject): KubeObject;
}

/** Writes what `change` makes of the latest version and answers with it. Patches come here too. */
export async function writeUpdate({ context, services, dryRun, change }: UpdateOptions): Promise<void> {
  const { resource, info } = context;
  const { objects, plugins, hooks } = services;
  const hook = hooks[resource.storage];
  let last: { write: Write; old: KubeObject } | undefined;
  let undo: (() => Promise<void>) | undefined;
  const warningsBefore = context.warnings.length;
  let cached: CachedObject;
  try {
    cached = await objects.update(resource, { namespace: info.namespace, name: info.name }, async (stored) => {
      await undo?.();
      context.warnings.length = warningsBefore;
      const old = resource.kind.alias?.fromStorage(stored) ?? stored;
      const object = structuredClone(change(old));
      checkPreconditions(object, old, resource);
      const write: Write = { context, resource, object, old, subresource: info.subresource, dryRun };
      await prepareWrite(write, plugins);
      const next = resource.kind.alias?.toStorage(write.object) ?? write.object;
      undo = await hook?.beforeWrite?.(next, stored, { dryRun });
      last = { write: { ...write, object: next }, old: stored };
      return dryRun ? undefined : next;
    });
  } catch (error) {
    await undo?.();
    throw error;
  }
  if (dryRun && last) return answerUnstored(context, 200, last.write.object);
  if (last) await hook?.afterWrite?.(cached.object, last.old);
  await finishDeletion(resource, services, cached);
  answerCached(context, 200, cached);
}

/** A resourceVersion or uid in the object says which version the client means. */
function checkPreconditions(object: KubeObject, old: KubeObject, { kind }: ResourceContext['resource']): void {
  const { resourceVersion = '', uid, name = '' } = object.metadata;
  if (uid !== undefined && uid !== old.metadata.uid)
    throw conflict(kind, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`);
  if (resourceVersion === '' || resourceVersion === '0') {
    if (kind.strategy.unconditionalUpdate === false)
      throw invalid(kind, name, [invalidValue('metadata.resourceVersion', resourceVersion, 'must be specified for an update')]);
    object.metadata.resourceVersion = old.metadata.resourceVersion;
  } else if (resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(kind, name, objectModified);
  }
}

async function createByUpdate(
  context: ResourceContext,
  { objects, plugins, hooks }: Services,
  object: KubeObject,
  dryRun: boolean,
): Promise<void> {
  const { resource } = context;
  const write: Write = { context, resource, object, old: undefined, subresource: '', dryRun };
  await prepareWrite(write, plugins);
  const stored = resource.kind.alias?.toStorage(write.object) ?? write.object;
  if (dryRun) return answerUnstored(context, 201, stored);
  const cached = await objects.create(resource, stored);
  await hooks[resource.storage]?.afterWrite?.(cached.object, undefined);
  answerCached(context, 201, cached);
}
