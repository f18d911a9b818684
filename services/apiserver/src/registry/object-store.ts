/**
 * Objects of one resource in the store: every write is read, changed, checked and written against the version read, again
 * when another came first. Admission and strategy are the caller's (endpoints); this is storage.
 */
import {
  alreadyExists,
  conflict,
  isStatus,
  type KubeObject,
  notFound,
  objectModified,
  requestTooLarge,
  serviceUnavailable,
} from '@t8s/meta';
import {
  type CachedObject,
  decodeObject,
  encodeObject,
  KeyExists,
  RevisionMismatch,
  type Store,
  StoreUnavailable,
  ValueTooLarge,
  type WatchCache,
} from '@t8s/storage';

import type { ServedResource } from '../context.ts';

export interface ObjectStoreOptions {
  store: Store;
  cache: WatchCache;
}

/** Tries of an update whose object others keep writing (upstream retries without end; this bounds the time of a request). */
const maxTries = 20;

export class ObjectStore {
  readonly cache: WatchCache;
  readonly #store: Store;

  constructor({ store, cache }: ObjectStoreOptions) {
    this.#store = store;
    this.cache = cache;
  }

  /** Where an object lies: `d/web`, or `web` for a cluster-scoped kind. */
  key({ kind }: ServedResource, namespace: string, name: string): string {
    return kind.namespaced ? `${namespace}/${name}` : name;
  }

  /** The latest version: from memory, after the log has shown all that was written before. Throws NotFound. */
  async get(resource: ServedResource, namespace: string, name: string): Promise<CachedObject> {
    await this.#translate(this.cache.consistent());
    const cached = this.cache.resource(resource.storage).get(this.key(resource, namespace, name));
    if (!cached) throw notFound(resource.kind, name);
    return cached;
  }

  async create(resource: ServedResource, object: KubeObject): Promise<CachedObject> {
    const { namespace = '', name = '' } = object.metadata;
    const key = this.key(resource, namespace, name);
    const stored = encodeObject(object);
    const ttlSeconds = resource.kind.ttlSeconds?.(object);
    try {
      const write = { key: storeKey(resource, key), object, stored };
      const options = { ...(ttlSeconds !== undefined && { ttlSeconds }) };
      return await this.#translate(this.cache.write(write, () => this.#store.create(write.key, stored, options)));
    } catch (error) {
      if (error instanceof KeyExists) throw alreadyExists(resource.kind, name);
      throw error;
    }
  }

  /**
   * Writes what `change` makes of the latest version. `change` may run several times and must not change its argument; it
   * returns undefined to leave the object as it is. Throws NotFound, or Conflict when others keep winning.
   */
  async update(
    resource: ServedResource,
    { namespace, name }: { namespace: string; name: string },
    change: (current: KubeObject) => Promise<KubeObject | undefined>,
  ): Promise<CachedObject> {
    const key = this.key(resource, namespace, name);
    // The cache may be a moment behind: the transaction tells, and then the store's own version counts.
    let current = this.cache.resource(resource.storage).get(key) ?? (await this.#read(resource, key, name));
    for (let tries = 0; tries < maxTries; tries++) {
      let next: KubeObject | undefined;
      try {
        next = await change(current.object);
      } catch (error) {
        // Judged on an old version? Only what holds for the latest counts.
        const latest = await this.#read(resource, key, name);
        if (latest.revision === current.revision) throw error;
        current = latest;
        continue;
      }
      if (!next) return current;
      const stored = encodeObject(next);
      if (isSame(stored, current)) return current;
      const ttlSeconds = resource.kind.ttlSeconds?.(next);
      try {
        const write = { key: storeKey(resource, key), object: next, stored };
        const options = { ...(ttlSeconds !== undefined && { ttlSeconds }) };
        const { revision } = current;
        return await this.#translate(this.cache.write(write, () => this.#store.update(write.key, stored, revision, options)));
      } catch (error) {
        if (!(error instanceof RevisionMismatch)) throw error;
        if (!error.current) throw notFound(resource.kind, name);
        current = this.#fromStore(key, error.current.value, error.current.revision);
      }
    }
    throw conflict(resource.kind, name, objectModified);
  }

  /** Removes the object if it is still the version given; false when it was changed meanwhile. Throws NotFound. */
  async remove(resource: ServedResource, cached: CachedObject): Promise<boolean> {
    try {
      await this.#translate(this.#store.delete(storeKey(resource, cached.key), cached.revision));
      return true;
    } catch (error) {
      if (!(error instanceof RevisionMismatch)) throw error;
      if (!error.current) throw notFound(resource.kind, cached.object.metadata.name ?? '');
      return false;
    }
  }

  /** A page of the past, straight from the store. */
  async page(
    resource: ServedResource,
    options: { prefix: string; after: string; limit: number; revision: number },
  ): Promise<{ items: CachedObject[]; more: boolean }> {
    const base = storeKey(resource, '');
    const { items, more } = await this.#store.list(base + options.prefix, {
      from: `${base}${options.after}\0`,
      limit: options.limit,
      revision: options.revision,
    });
    return { items: items.map(({ key, value, revision }) => this.#fromStore(key.slice(base.length), value, revision)), more };
  }

  async #read(resource: ServedResource, key: string, name: string): Promise<CachedObject> {
    const found = await this.#translate(this.#store.get(storeKey(resource, key)));
    if (!found) throw notFound(resource.kind, name);
    return this.#fromStore(key, found.value, found.revision);
  }

  #fromStore(key: string, value: Buffer, revision: number): CachedObject {
    const object = decodeObject(value, revision);
    return { key, object, revision, bytes: Buffer.from(JSON.stringify(object)) };
  }

  /** The store's failures as the API's. */
  async #translate<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof StoreUnavailable) throw serviceUnavailable(`the store is away: ${error.message}`);
      if (error instanceof ValueTooLarge) throw requestTooLarge('etcdserver: request is too large');
      throw error;
    }
  }
}

/** `/registry/pods/d/web`. */
export const storeKey = ({ storage }: ServedResource, key: string): string => `/registry/${storage}/${key}`;

/** An update that changes nothing writes nothing. */
function isSame(stored: Buffer, { object }: CachedObject): boolean {
  return stored.equals(encodeObject(object));
}

/** The object is gone: for callers to whom that is as good. */
export async function ignoreNotFound<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}
