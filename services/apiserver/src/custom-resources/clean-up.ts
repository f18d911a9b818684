/** The end of a definition: all its objects are deleted before it goes (apiextensions' finalizing controller, v1.34). */
import type { CustomResourceDefinition } from '@t8s/api';
import type { ResourceClient } from '@t8s/client';
import { isStatus, type KubeObject } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { RegistryHooks } from '../registry/hooks.ts';
import { isTrue, type Wanted, withCondition } from './conditions.ts';

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** A definition is not gone with its deletion: it waits for its objects. */
export const definitionHooks: RegistryHooks = {
  isHeld: ({ metadata }) => metadata.deletionTimestamp === undefined,
  markDeleting(object: KubeObject) {
    const crd = object as CustomResourceDefinition;
    const { finalizers = [] } = crd.metadata;
    if (finalizers.includes(cleanupFinalizer) || isTrue(crd, 'Terminating')) return;
    crd.metadata.finalizers = [...finalizers, cleanupFinalizer];
    setCondition(crd, 'InstanceDeletionPending', 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon');
  },
};

export interface CleanUp {
  crd: CustomResourceDefinition;
  definitions: ResourceClient<CustomResourceDefinition>;
  /** Deletes an object; undefined where the definition was never established, so that nothing can be there. */
  remove: ((object: { namespace: string; name: string }) => Promise<void>) | undefined;
  /** All that are there now. */
  objects(): Iterable<CachedObject>;
}

/** Deletes all objects and then lets the definition go. Returns how many are still on their way out. Throws what stands against a deletion. */
export async function cleanUp({ crd, definitions, remove, objects }: CleanUp): Promise<number> {
  const current = structuredClone(crd);
  if (remove) {
    const pending = [...objects()].filter(({ object }) => object.metadata.deletionTimestamp === undefined);
    if (pending.length > 0) await say('InstanceDeletionInProgress', 'CustomResource deletion is in progress');
    try {
      await removeAll(pending, remove);
    } catch (error) {
      await say('InstanceDeletionFailed', `could not issue all deletes: ${(error as Error).message}`);
      throw error;
    }
    const left = [...objects()].length;
    if (left > 0) return left;
  }
  // In one write: an object without finalizers that is being deleted goes with it.
  const finalizers = current.metadata.finalizers?.filter((finalizer) => finalizer !== cleanupFinalizer) ?? [];
  await definitions.update({ ...current, metadata: { ...current.metadata, finalizers } });
  return 0;

  async function say(reason: string, message: string): Promise<void> {
    if (!setCondition(current, reason, message)) return;
    const { metadata, status } = await definitions.updateStatus(current);
    Object.assign(current, { metadata, status });
  }
}

/** Objects deleted at once: each is a trip to the store. */
const parallel = 16;

async function removeAll(pending: readonly CachedObject[], remove: NonNullable<CleanUp['remove']>): Promise<void> {
  const queue = [...pending];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { namespace = '', name = '' } = next.object.metadata;
      await remove({ namespace, name }).catch((error: unknown) => {
        if (!isStatus(error, 'NotFound')) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, queue.length) }, work));
}

/** Says why the definition is terminating; false where it said so before. */
function setCondition(crd: CustomResourceDefinition, reason: string, message: string): boolean {
  const wanted: Wanted = { type: 'Terminating', status: 'True', reason, message };
  const before = crd.status?.conditions?.find(({ type }) => type === wanted.type);
  if (before?.reason === reason && before.message === message) return false;
  crd.status = { ...crd.status, conditions: withCondition(crd.status?.conditions, wanted, Date.now()) };
  return true;
}
