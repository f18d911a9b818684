/** Which pods (or replica sets) an owner has: those it controls and still selects, plus the matching orphans it adopts. */
import type { Client, ResourceRef } from '@t8s/client';
import { controllerOf, formatApiVersion, ifFound, isStatus, type KubeObject, type Selector } from '@t8s/meta';

/** An object that says its own kind: what events and owner references are made from. */
export type Owner<T extends KubeObject = KubeObject> = T & { kind: string; apiVersion: string };

export interface ClaimOptions<T extends KubeObject, O extends KubeObject> {
  client: Client;
  /** What is claimed. */
  kind: ResourceRef<T>;
  /** Read past any cache before it adopts: it must be alive and the same (upstream's CanAdopt). */
  owner: Owner<O>;
  ownerKind: ResourceRef<O>;
  selector: Selector;
  /** Objects the owner controls, and objects of its namespace that nobody does. */
  candidates: readonly T[];
  /** Put on what is adopted, taken from what is released. */
  finalizer?: string;
}

/** The candidates that are the owner's after adopting and releasing. What vanished meanwhile is left out. */
export async function claim<T extends KubeObject, O extends KubeObject>({
  client,
  kind,
  owner,
  ownerKind,
  selector,
  candidates,
  finalizer,
}: ClaimOptions<T, O>): Promise<T[]> {
  const claimed: T[] = [];
  let mayAdopt: boolean | undefined;
  for (const object of candidates) {
    const controller = controllerOf(object);
    const matches = selector.matches(object.metadata.labels);
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches) claimed.push(object);
      else if (!owner.metadata.deletionTimestamp) await patchUnlessGone(client, kind, object, releasing(owner, finalizer));
    } else if (matches && !owner.metadata.deletionTimestamp && !object.metadata.deletionTimestamp) {
      mayAdopt ??= isSameAndAlive(owner, await freshOwner<O>(client, ownerKind, owner));
      const adopted = mayAdopt ? await patchUnlessGone(client, kind, object, adopting(owner, finalizer)) : undefined;
      if (adopted) claimed.push(adopted);
    }
  }
  return claimed;
}

/** Lists and watches leave kind and apiVersion out of their items. */
export function withKind<T extends KubeObject>(kind: ResourceRef<T>, object: T): Owner<T> {
  return { ...object, kind: kind.kind, apiVersion: formatApiVersion(kind) };
}

/** The owner as the API has it now; undefined when it is gone. */
export function freshOwner<T extends KubeObject>(client: Client, kind: ResourceRef<T>, owner: T): Promise<T | undefined> {
  const { namespace, name = '' } = owner.metadata;
  return ifFound(client.resource(kind).get({ namespace, name }));
}

/** The reference that makes `owner` the controller of what it creates. */
export function controllerReference(owner: Owner): {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller: true;
  blockOwnerDeletion: true;
} {
  const { name = '', uid = '' } = owner.metadata;
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

function isSameAndAlive(owner: KubeObject, fresh: KubeObject | undefined): boolean {
  return fresh?.metadata.uid === owner.metadata.uid && !fresh?.metadata.deletionTimestamp;
}

const adopting = (owner: Owner, finalizer?: string): object => ({
  ownerReferences: [controllerReference(owner)],
  ...(finalizer !== undefined && { finalizers: [finalizer] }),
});

const releasing = (owner: Owner, finalizer?: string): object => ({
  ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }],
  ...(finalizer !== undefined && { '$deleteFromPrimitiveList/finalizers': [finalizer] }),
});

/** Patches metadata. The uid in it makes it fail on a successor of the same name: as good as gone. */
export async function patchUnlessGone<T extends KubeObject>(
  client: Client,
  kind: ResourceRef<T>,
  object: T,
  metadata: object,
): Promise<T | undefined> {
  const { namespace, name = '', uid } = object.metadata;
  try {
    return await client.resource(kind).patch({ namespace, name }, { type: 'strategic', body: { metadata: { uid, ...metadata } } });
  } catch (error) {
    if (isStatus(error, 'NotFound', 'Conflict', 'Invalid')) return undefined;
    throw error;
  }
}
