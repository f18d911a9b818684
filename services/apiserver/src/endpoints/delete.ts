import { decodeObject } from '@t8s/codec';
import { badRequest, conflict, formatTime, invalid, invalidValue, type KubeObject, notSupported } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { ResourceContext, ServedResource } from '../context.ts';
import { answerObject } from '../negotiation/answer.ts';
import { bodyFormat, negotiate } from '../negotiation/media-types.ts';
import { readBody } from './body.ts';
import { answerCached } from './present.ts';
import { Selection } from './selection.ts';
import type { Services } from './services.ts';
import { readWriteOptions } from './write-options.ts';

interface DeleteOptions {
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
  if (!gone) return answerCached(context, 200, cached);
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

/** Deletes everything selected, one after the other; answers with what was there. */
export async function removeCollection(context: ResourceContext, services: Services): Promise<void> {
  const options = await readOptions(context);
  const { resource, info } = context;
  const selection = new Selection(resource.kind, context.query);
  await services.objects.cache.consistent();
  const prefix = info.namespace === '' ? '' : `${info.namespace}/`;
  const selected = [...services.objects.cache.resource(resource.storage).range(prefix)].filter(({ object }) => selection.matches(object));
  for (const { object } of selected) {
    const { namespace = '', name = '' } = object.metadata;
    await deleteObject(resource, services, { namespace, name, options }).catch((error: unknown) => {
      if ((error as { reason?: string }).reason !== 'NotFound') throw error;
    });
  }
  const { kind } = resource;
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  answerObject(
    context,
    200,
    {
      kind: `${kind.kind}List`,
      apiVersion,
      metadata: { resourceVersion: String(services.objects.cache.revision) },
      items: selected.map((s) => s.object),
    },
    negotiate(context.request.headers.accept).format,
  );
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
  const { objects, hooks } = services;
  const { kind } = resource;
  const hook = hooks[resource.storage];
  for (;;) {
    let direct: KubeObject | undefined;
    const cached = await objects.update(resource, { namespace, name }, async (current) => {
      checkPreconditions(kind, current, options.preconditions);
      const next = structuredClone(current);
      next.metadata.finalizers = deletionFinalizers(current.metadata.finalizers ?? [], options);
      if (next.metadata.finalizers.length === 0) delete next.metadata.finalizers;
      const grace = kind.strategy.gracePeriod?.(current, options.gracePeriodSeconds) ?? 0;
      const isHeld = next.metadata.finalizers !== undefined || (hook?.isHeld?.(current) ?? false);
      direct = undefined;
      if (grace === 0 && !isHeld) {
        direct = current;
        return undefined;
      }
      if (options.dryRun?.includes('All')) return undefined;
      markDeleting(next, grace);
      hook?.markDeleting?.(next);
      return next;
    });
    if (!direct) return { gone: false, cached };
    if (options.dryRun?.includes('All')) return { gone: true, cached };
    if (await objects.remove(resource, cached)) {
      await hook?.afterRemove?.(cached.object);
      return { gone: true, cached };
    }
  }
}

/** After an update: an object on its way out whose last finalizer went is removed. */
export async function finishDeletion(resource: ServedResource, { objects, hooks }: Services, cached: CachedObject): Promise<void> {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = cached.object.metadata;
  if (!deletionTimestamp || finalizers.length > 0 || deletionGracePeriodSeconds > 0 || hooks[resource.storage]?.isHeld?.(cached.object))
    return;
  if (await objects.remove(resource, cached)) await hooks[resource.storage]?.afterRemove?.(cached.object);
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
function deletionFinalizers(current: readonly string[], { propagationPolicy, orphanDependents }: DeleteOptions): string[] {
  const policy = propagationPolicy ?? (orphanDependents === true ? 'Orphan' : orphanDependents === false ? 'Background' : undefined);
  if (policy === undefined) return [...current];
  const kept = current.filter((f) => f !== orphan && f !== foreground);
  return policy === 'Orphan' ? [...kept, orphan] : policy === 'Foreground' ? [...kept, foreground] : kept;
}

function checkPreconditions(kind: ServedResource['kind'], { metadata }: KubeObject, preconditions: DeleteOptions['preconditions']): void {
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
