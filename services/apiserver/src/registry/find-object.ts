import type { KubeObject } from '@t8s/meta';
import type { ObjectStore } from './object-store.ts';

/** An object from memory; one that is not there may have been made a moment ago, and is looked for in what is there by now. */
export async function findObject<T extends KubeObject>({ cache }: ObjectStore, storage: string, key: string): Promise<T | undefined> {
  const look = (): T | undefined => cache.resource(storage).get(key)?.object as T | undefined;
  const known = look();
  if (known) return known;
  await cache.consistent();
  return look();
}
