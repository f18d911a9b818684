/**
 * Objects of one resource in the store: every write is read, changed, checked and written against the version read, again
 * when another came first. Admission and strategy are the caller's (endpoints); this is storage.
 */
import { isDeepStrictEqual } from 'node:util';
import { alreadyExists, isStatus, type KubeObject, notFound, requestTooLarge, serviceUnavailable } from '@t8s/meta';
import {
  type CachedObject,
  decodeObject,
  encodeObject,
  KeyExists,
  type KeyValue,
  RevisionMismatch,
  type Store,
  StoreUnavailable,
  ValueTooLarge,
  type WatchCache,
  withRevision,
} from '@t8s/storage';

import type { ServedResource } from '../context.ts';
import { shownOne } from './stored-form.ts';

export interface ObjectStoreOptions {
  store: Store;
  cache: WatchCache;
  /** Lifetime of objects whose kind has one. */
  eventTtlSeconds: number;
}

/** What is to become of an object. */
export type Change = { to: 'keep' } | { to: 'put'; object: KubeObject } | { to: 'delete' };

/** What became of it: the version now stored, or the last one of an object that is gone. */
export interface Changed {
  cached: CachedObject;
  outcome: 'kept' | 'written' | 'deleted';
  /** Of `cached`, or of the removal. */
  revision: number;
}

export class ObjectStore {
  readonly cache: WatchCache;
  readonly #store: Store;
  readonly #eventTtlSeconds: number;

  constructor({ store, cache, eventTtlSeconds }: ObjectStoreOptions) {
    this.#store = store;
    this.cache = cache;
    this.#eventTtlSeconds = eventTtlSeconds;
  }

  /** Where an object lies: `d/web`, or `web` for a cluster-scoped kind. */
  key({ kind }: ServedResource, namespace: string, name: string): string {
    return kind.namespaced ? `${namespace}/${name}` : name;
  }

  /**
   * Whether memory shows everything written before this call; false when the log lags though the store answers. Then the
   * caller reads the store. Throws ServiceUnavailable when the store is away.
   */
  async isCurrent(): Promise<boolean> {
    try {
      await this.#translate(this.cache.consistent());
      return true;
    } catch (error) {
      if (isStatus(error, 'Timeout')) return false;
      throw error;
    }
  }

  currentRevision(): Promise<number> {
    return this.#translate(this.#store.currentRevision());
  }

  /** The latest version, as the resource shows it: from memory, after the log has shown all that was written before. Throws NotFound. */
  async get(resource: ServedResource, namespace: string, name: string): Promise<CachedObject> {
    const key = this.key(resource, namespace, name);
    const isCurrent = await this.isCurrent();
    const cached = isCurrent ? this.cache.resource(resource.storage).get(key) : await this.#read(resource, key, name);
    if (!cached) throw notFound(resource.kind, name);
    return resource.form ? shownOne(resource.form, cached) : cached;
  }

  async create(resource: ServedResource, object: KubeObject): Promise<CachedObject> {
    const { namespace = '', name = '' } = object.metadata;
    const key = this.key(resource, namespace, name);
    const stored = encodeObject(object);
    try {
      const write = { key: storeKey(resource, key), object, stored };
      const lifetime = this.#lifetime(resource, object);
      return await this.#translate(this.cache.write(write, () => this.#store.create(write.key, stored, lifetime)));
    } catch (error) {
      if (!(error instanceof KeyExists)) throw error;
      const existing = this.cache.resource(resource.storage).get(key);
      throw alreadyExists(resource.kind, name, existing?.object.metadata.deletionTimestamp !== undefined);
    }
  }

  /** Throws AlreadyExists where a create would. */
  async requireAbsent(resource: ServedResource, { metadata: { namespace = '', name = '' } }: KubeObject): Promise<void> {
    const found = await this.#translate(this.#store.get(storeKey(resource, this.key(resource, namespace, name))));
    if (found) throw alreadyExists(resource.kind, name);
  }

  /**
   * Does with the latest version what `decide` says; `decide` may run several times and must not change its argument. What was
   * decided on a version that memory was late to replace counts for nothing. Throws NotFound, and what `decide` throws.
   */
  async change(
    resource: ServedResource,
    { namespace, name }: { namespace: string; name: string },
    decide: (current: CachedObject) => Promise<Change>,
  ): Promise<Changed> {
    const key = this.key(resource, namespace, name);
    const cached = this.cache.resource(resource.storage).get(key);
    let current = cached ?? (await this.#read(resource, key, name));
    let isLatest = cached === undefined;
    for (;;) {
      try {
        const change = await decide(current);
        if (change.to === 'delete') {
          const revision = await this.#translate(this.#store.delete(storeKey(resource, key), current.revision));
          return { cached: current, outcome: 'deleted', revision };
        }
        const written = change.to === 'put' ? await this.#write(resource, current, change.object) : undefined;
        if (written) return { cached: written, outcome: 'written', revision: written.revision };
        if (isLatest) return { cached: current, outcome: 'kept', revision: current.revision };
      } catch (error) {
        if (error instanceof RevisionMismatch) {
          if (!error.current) throw notFound(resource.kind, name);
          current = this.#fromStore(key, error.current.value, error.current.revision);
          isLatest = true;
          continue;
        }
        if (isLatest) throw error;
        const latest = await this.#read(resource, key, name);
        if (latest.revision === current.revision) throw error;
        current = latest;
        isLatest = true;
        continue;
      }
      const latest = await this.#read(resource, key, name);
      if (latest.revision === current.revision) return { cached: current, outcome: 'kept', revision: current.revision };
      current = latest;
      isLatest = true;
    }
  }

  /** Undefined where the write would change nothing: no event, no new version. */
  async #write(resource: ServedResource, current: CachedObject, object: KubeObject): Promise<CachedObject | undefined> {
    const stored = encodeObject(object);
    if (isSame(withRevision(stored, current.revision), current.bytes)) return undefined;
    const write = { key: storeKey(resource, current.key), object, stored };
    const lifetime = this.#lifetime(resource, object);
    return this.#translate(this.cache.write(write, () => this.#store.update(write.key, stored, current.revision, lifetime)));
  }

  #lifetime({ kind }: ServedResource, object: KubeObject): { ttlSeconds?: number } {
    return kind.ttlSeconds?.(object) === undefined ? {} : { ttlSeconds: this.#eventTtlSeconds };
  }

  /** A page of the past, from the store; versions that memory still has need no parsing. Throws Compacted. */
  async page(
    resource: ServedResource,
    options: { prefix: string; after: string; limit: number; revision: number },
  ): Promise<{ items: readonly CachedObject[]; count: number }> {
    const base = storeKey(resource, '');
    const { items, count } = await this.#store.list(base + options.prefix, {
      from: `${base}${options.after}\0`,
      limit: options.limit,
      revision: options.revision,
    });
    const known = this.cache.resource(resource.storage);
    const version = ({ key, value, revision }: KeyValue): CachedObject => {
      const cached = known.get(key.slice(base.length));
      return cached?.revision === revision ? cached : this.#fromStore(key.slice(base.length), value, revision);
    };
    const found = items.map(version);
    return { items: resource.form ? await resource.form.shown(found) : found, count };
  }

  async #read(resource: ServedResource, key: string, name: string): Promise<CachedObject> {
    const found = await this.#translate(this.#store.get(storeKey(resource, key)));
    if (!found) throw notFound(resource.kind, name);
    return this.#fromStore(key, found.value, found.revision);
  }

  #fromStore(key: string, value: Buffer, revision: number): CachedObject {
    return { key, object: decodeObject(value, revision), revision, bytes: withRevision(value, revision) };
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

/** The same object, whatever the order of its fields: then its bytes are the same in some order, and few others need parsing. */
function isSame(a: Buffer, b: Buffer): boolean {
  if (a.length !== b.length) return false;
  if (a.equals(b)) return true;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference += (a[i] ?? 0) - (b[i] ?? 0);
  return difference === 0 && isDeepStrictEqual(JSON.parse(a.toString()), JSON.parse(b.toString()));
}
