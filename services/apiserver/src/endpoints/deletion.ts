/** What becomes of an object that is to be deleted (upstream's BeforeDelete and its store's Delete). */
import type { Kind } from '@t8s/api';
import { cloneJson, conflict, formatTime, type KubeObject } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import { deletionRequest, reviewRequest } from '../admission/request.ts';
import type { ResourceContext, ServedResource } from '../context.ts';
import type { RegistryHooks } from '../registry/hooks.ts';
import { shownOne } from '../registry/stored-form.ts';
import type { DeleteOptions } from './delete-options.ts';
import type { Services } from './services.ts';

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

export interface Deleted {
  /** Nothing held it, or would hold it. */
  gone: boolean;
  /** Its last state, or the one it waits for its end in. */
  cached: CachedObject;
}

/**
 * Deletes an object, or begins to: what has finalizers, a grace period or something that holds it back is marked and stays. With a
 * `context` it is that request's to delete, and admission is asked.
 */
export async function deleteObject(
  resource: ServedResource,
  services: Services,
  { namespace, name, options, context }: { namespace: string; name: string; options: DeleteOptions; context?: ResourceContext },
): Promise<Deleted> {
  const { objects, hooks, plugins } = services;
  const hook = hooks[resource.storage];
  const isDryRun = options.dryRun?.includes('All') ?? false;
  let fate: Fate | undefined;
  const { cached, outcome, revision } = await objects.change(resource, { namespace, name }, async (current) => {
    checkPreconditions(resource.kind, current.object, options.preconditions);
    if (context) await reviewRequest(deletionRequest(context, await shownAs(resource, current), options), plugins);
    fate = fateOf(resource.kind, hook, cloneJson(current.object), options);
    if (isDryRun || fate.to === 'wait') return { to: 'keep' };
    return fate.to === 'stay' ? { to: 'put', object: fate.object } : { to: 'delete' };
  });
  const gone = fate?.to === 'go';
  if (outcome === 'deleted') await hook?.afterRemove?.(cached.object);
  if (!fate || outcome === 'written' || fate.to === 'wait') return { gone, cached };
  return { gone, cached: shown(cached, fate.object, revision) };
}

/** What is deleted, in the spelling of its resource. */
async function shownAs({ form, kind }: ServedResource, current: CachedObject): Promise<KubeObject> {
  const { object } = await shownOne(form, current);
  return kind.alias?.fromStorage(cloneJson(object)) ?? object;
}

/** A state that is not, or no longer, in the store. */
export function shown({ key }: CachedObject, object: KubeObject, revision: number): CachedObject {
  object.metadata.resourceVersion = String(revision);
  return { key, object, revision, bytes: Buffer.from(JSON.stringify(object)) };
}

/** Waits for an end that is set already, stays with a mark, or goes at once. */
interface Fate {
  to: 'wait' | 'stay' | 'go';
  object: KubeObject;
}

function fateOf(kind: Kind, hook: RegistryHooks | undefined, object: KubeObject, options: DeleteOptions): Fate {
  const { metadata } = object;
  const left = metadata.deletionTimestamp === undefined ? 0 : (metadata.deletionGracePeriodSeconds ?? 0);
  const { gracePeriodSeconds: asked } = options;
  // Once its end is set only an earlier one is taken, and what is to become of dependents is settled.
  if (left > 0 && (asked === undefined || asked >= left)) return { to: 'wait', object };
  const finalizers = deletionFinalizers(kind, metadata.finalizers ?? [], options);
  const isGraceful = kind.strategy.gracePeriod !== undefined;
  const grace = left > 0 ? Math.max(asked ?? 0, 0) : metadata.deletionTimestamp ? 0 : (kind.strategy.gracePeriod?.(object, asked) ?? 0);
  const isHeld = grace > 0 || finalizers.length > 0 || (hook?.isHeld?.(object) ?? false);
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (isHeld || isGraceful) markDeleting(object, grace);
  if (isHeld) hook?.markDeleting?.(object);
  return { to: isHeld ? 'stay' : 'go', object };
}

/** The first deletion sets the time; later ones may only shorten it. */
function markDeleting({ metadata }: KubeObject, grace: number): void {
  const { deletionTimestamp, deletionGracePeriodSeconds: before = 0 } = metadata;
  if (deletionTimestamp === undefined) {
    metadata.deletionTimestamp = formatTime(Date.now() + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined) metadata.generation += 1;
  } else if (grace < before) {
    metadata.deletionTimestamp = formatTime(Date.parse(deletionTimestamp) + (grace - before) * 1000);
    metadata.deletionGracePeriodSeconds = grace;
  }
}

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion */
function deletionFinalizers(
  { strategy }: Kind,
  current: readonly string[],
  { propagationPolicy, orphanDependents }: DeleteOptions,
): string[] {
  const policy = propagationPolicy ?? (orphanDependents === true ? 'Orphan' : orphanDependents === false ? 'Background' : undefined);
  const kept = current.filter((f) => f !== orphan && f !== foreground);
  if (strategy.hasDependents === false) return kept;
  if (policy === undefined) {
    const isSettled = !strategy.orphansDependents || kept.length < current.length;
    return isSettled ? [...current] : [...current, orphan];
  }
  return policy === 'Orphan' ? [...kept, orphan] : policy === 'Foreground' ? [...kept, foreground] : kept;
}

/** The uid and version that the client means. Throws Conflict when they are not the object's. */
export function checkPreconditions({ group, kind }: Kind, { metadata }: KubeObject, preconditions: DeleteOptions['preconditions']): void {
  const { uid, resourceVersion } = preconditions ?? {};
  // Upstream names the kind here, where it has no resource at hand.
  const refuse = (why: string): Error => conflict({ group, resource: kind }, metadata.name ?? '', why);
  if (uid !== undefined && uid !== metadata.uid)
    throw refuse(
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw refuse(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
}
