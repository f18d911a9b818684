import { decodeObject } from '@t8s/codec';
import { badRequest, conflict, formatTime, invalid, invalidValue, isStatus, type KubeObject, notSupported } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { ResourceContext, ServedResource } from '../context.ts';
import { answerObject } from '../negotiation/answer.ts';
import { bodyFormat, negotiate } from '../negotiation/media-types.ts';
import type { RegistryHooks } from '../registry/hooks.ts';
import { shownOne } from '../registry/stored-form.ts';
import { readBody } from './body.ts';
import { answerPage, readPage } from './list.ts';
import { answerCached } from './present.ts';

import type { Services } from './services.ts';
import { readWriteOptions } from './write-options.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

const orphan = 'orphan';
const foreground = 'foregroundDeletion';
const deleteOptions = { group: '', version: 'v1', kind: 'DeleteOptions', schema: 'DeleteOptions' };

export async function remove(context: ResourceContext, services: Services): Promise<void> {
  const options = await readOptions(context);
  const { resource, info } = context;
  const { gone, cached } = await deleteObject(resource, services, { namespace: info.namespace, name: info.name, options });
  if (!gone) return answerCached(context, 200, await shownOne(resource.form, cached));
  const { kind } = resource;
  const details = {
    name: info.name,
    ...(kind.group !== '' && { group: kind.group }),
    kind: kind.resource,
    uid: cached.object.metadata.uid,
  };
  answerObject(
    context,
    200,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
    negotiate(context.request.headers.accept).format,
  );
}

/** Objects deleted at once: each is a trip to the store. */
const parallel = 16;

/** Deletes what a list with the same selectors shows, and answers with that list. */
export async function removeCollection(context: ResourceContext, services: Services): Promise<void> {
  const options = await readOptions(context);
  const { resource } = context;
  const page = await readPage(context, services.objects);
  const queue = [...page.items];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { namespace = '', name = '', uid } = next.object.metadata;
      const preconditions = { ...(uid && { uid }), ...options.preconditions };
      try {
        await deleteObject(resource, services, { namespace, name, options: { ...options, preconditions } });
      } catch (error) {
        // Gone already, or another object has its name: what was selected is no more.
        if (!isStatus(error, 'NotFound', 'Conflict')) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, queue.length) }, work));
  answerPage(context, page);
}

/**
 * Deletes an object, or begins to: what has finalizers, a grace period or something that holds it back is marked and stays.
 * `gone` tells which; `cached` is its last state.
 */
export async function deleteObject(
  resource: ServedResource,
  services: Services,
  { namespace, name, options }: { namespace: string; name: string; options: DeleteOptions },
): Promise<{ gone: boolean; cached: CachedObject }> {
  const { objects, hooks, plugins } = services;
  const hook = hooks[resource.storage];
  const isDryRun = options.dryRun?.includes('All') ?? false;
  let gone = false;
  const { cached } = await objects.change(resource, { namespace, name }, async (current) => {
    checkPreconditions(resource.kind, current.object, options.preconditions);
    for (const plugin of plugins) await plugin.remove?.({ resource, object: current.object });
    const next = deleting(resource, hook, structuredClone(current.object), options);
    gone = next === undefined;
    if (isDryRun) return { to: 'keep' };
    return next ? { to: 'put', object: next } : { to: 'delete' };
  });
  if (gone && !isDryRun) await hook?.afterRemove?.(cached.object);
  return { gone, cached };
}

/** The object as it waits for its end, or undefined where nothing holds it. */
function deleting(
  { kind }: ServedResource,
  hook: RegistryHooks | undefined,
  object: KubeObject,
  options: DeleteOptions,
): KubeObject | undefined {
  const finalizers = deletionFinalizers(object.metadata.finalizers ?? [], { ...options, orphans: kind.strategy.orphansDependents });
  const grace = kind.strategy.gracePeriod?.(object, options.gracePeriodSeconds) ?? 0;
  if (grace === 0 && finalizers.length === 0 && !hook?.isHeld?.(object)) return undefined;
  if (finalizers.length > 0) object.metadata.finalizers = finalizers;
  else delete object.metadata.finalizers;
  markDeleting(object, grace);
  hook?.markDeleting?.(object);
  return object;
}

/** The first deletion sets the time; later ones may only shorten it. */
function markDeleting({ metadata }: KubeObject, grace: number): void {
  const now = Date.now();
  if (metadata.deletionTimestamp === undefined) {
    metadata.deletionTimestamp = formatTime(now + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined) metadata.generation += 1;
  } else if (grace < (metadata.deletionGracePeriodSeconds ?? 0)) {
    const begun = Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
    metadata.deletionTimestamp = formatTime(begun + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
  }
}

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion */
function deletionFinalizers(
  current: readonly string[],
  { propagationPolicy, orphanDependents, orphans = false }: DeleteOptions & { orphans?: boolean | undefined },
): string[] {
  const policy = propagationPolicy ?? (orphanDependents === true ? 'Orphan' : orphanDependents === false ? 'Background' : undefined);
  if (policy === undefined) {
    const decided = !orphans || current.includes(orphan) || current.includes(foreground);
    return decided ? [...current] : [...current, orphan];
  }
  const kept = current.filter((f) => f !== orphan && f !== foreground);
  return policy === 'Orphan' ? [...kept, orphan] : policy === 'Foreground' ? [...kept, foreground] : kept;
}

/** The uid and version that the client means. Throws Conflict when they are not the object's. */
export function checkPreconditions(
  kind: ServedResource['kind'],
  { metadata }: KubeObject,
  preconditions: DeleteOptions['preconditions'],
): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const name = metadata.name ?? '';
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(
      kind,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      kind,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
}

/** Options come in the body, or some of them in the query. */
async function readOptions(context: ResourceContext): Promise<DeleteOptions> {
  const { query, request } = context;
  const { dryRun } = readWriteOptions(context, 'DeleteOptions');
  const bytes = await readBody(request);
  const grace = query.get('gracePeriodSeconds');
  if (grace && !/^-?\d+$/.test(grace)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
  const fromQuery: DeleteOptions = {
    ...(grace && { gracePeriodSeconds: Number(grace) }),
    ...(query.get('propagationPolicy') && { propagationPolicy: query.get('propagationPolicy') ?? '' }),
  };
  const options =
    bytes.length > 0
      ? (decodeObject({ bytes, format: bodyFormat(request.headers['content-type']), expected: deleteOptions, serves: () => true })
          .object as DeleteOptions)
      : fromQuery;
  if (options.propagationPolicy !== undefined && options.orphanDependents !== undefined)
    throw invalid({ group: '', kind: 'DeleteOptions' }, '', [
      invalidValue('propagationPolicy', options.propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'),
    ]);
  if (options.propagationPolicy !== undefined && !['Background', 'Foreground', 'Orphan'].includes(options.propagationPolicy))
    throw invalid({ group: '', kind: 'DeleteOptions' }, '', [
      notSupported('propagationPolicy', options.propagationPolicy, ['Background', 'Foreground', 'Orphan']),
    ]);
  return { ...options, ...(dryRun && { dryRun: ['All'] }) };
}
