import { type Clock, systemClock } from '@t8s/async';
import type { Client, ResourceRef } from '@t8s/client';
import { type KubeObject, objectKey, type Selector } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import { Indexer, type IndexFunction } from './indexer.ts';
import { reflect } from './reflector.ts';

/** Told of changes after the cache has them. A handler that throws is logged; others go on. */
export interface Handler<T> {
  added?(object: T): unknown;
  updated?(object: T, old: T): unknown;
  /** The last state known; `DELETED` events and relists both lead here. */
  deleted?(object: T): unknown;
}

export interface InformerOptions<T extends KubeObject> {
  client: Client;
  kind: ResourceRef<T>;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Shrinks objects before they are kept; by default they lose their managedFields, often half of their size. */
  transform?(object: T): T;
  indexers?: Record<string, IndexFunction<T>>;
  log: Logger;
  clock?: Clock;
}

/**
 * A local copy of a list of the API that follows every change. Reads are served from memory and lag behind the API by the
 * time of a watch event. Its objects are shared: change a structuredClone.
 */
export class Informer<T extends KubeObject> {
  readonly #options: InformerOptions<T>;
  readonly #indexer = new Indexer<T>();
  readonly #handlers = new Set<Handler<T>>();
  #hasSynced = false;
  #resolveSynced: () => void = () => undefined;
  /** Resolves when the first list is in the cache and every handler has been told of it. */
  readonly synced: Promise<void>;

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    for (const [name, fn] of Object.entries(options.indexers ?? {})) this.addIndex(name, fn);
    this.synced = new Promise((resolve) => {
      this.#resolveSynced = resolve;
    });
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get size(): number {
    return this.#indexer.size;
  }

  get(key: string): T | undefined {
    return this.#indexer.get(key);
  }

  list(selector?: Selector): T[] {
    return this.#indexer.list(selector);
  }

  byIndex(name: string, value: string): T[] {
    return this.#indexer.byIndex(name, value);
  }

  addIndex(name: string, fn: IndexFunction<T>): void {
    this.#indexer.addIndex(name, fn);
  }

  /** Handlers added late are told of everything the cache holds. The function returned takes the handler away. */
  addHandler(handler: Handler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#indexer.list()) this.#call(() => handler.added?.(object));
    return () => this.#handlers.delete(handler);
  }

  /** Follows the API until the signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    const {
      client,
      kind,
      namespace,
      labelSelector,
      fieldSelector,
      log,
      clock = systemClock,
      transform = withoutManagedFields,
    } = this.#options;
    const scope = {
      ...(namespace !== undefined && { namespace }),
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    };
    const sink = {
      replace: (objects: T[]): void => this.#replace(objects.map(transform)),
      set: (object: T): void => this.#set(transform(object)),
      delete: (object: T): void => this.#delete(objectKey(object)),
    };
    return reflect({ name: kind.resource, resource: client.resource(kind), scope, sink, log, clock }, signal);
  }

  #replace(objects: readonly T[]): void {
    const keys = new Set(objects.map(objectKey));
    for (const key of [...this.#indexer.keys()]) if (!keys.has(key)) this.#delete(key);
    for (const object of objects) this.#set(object);
    this.#hasSynced = true;
    this.#resolveSynced();
  }

  #set(object: T): void {
    const old = this.#indexer.get(objectKey(object));
    if (old?.metadata.resourceVersion === object.metadata.resourceVersion && old?.metadata.uid === object.metadata.uid) return;
    this.#indexer.set(object);
    // Deleted and made again between two lists: the old one's end must not be missed.
    const isSuccessor = old !== undefined && old.metadata.uid !== object.metadata.uid;
    for (const handler of this.#handlers) {
      if (isSuccessor) this.#call(() => handler.deleted?.(old));
      this.#call(() => (old && !isSuccessor ? handler.updated?.(object, old) : handler.added?.(object)));
    }
  }

  #delete(key: string): void {
    const old = this.#indexer.delete(key);
    if (old) for (const handler of this.#handlers) this.#call(() => handler.deleted?.(old));
  }

  /** A handler's failure, also a later one of a promise it returns, is its own. */
  #call(tell: () => unknown): void {
    const failed = (error: unknown): void =>
      this.#options.log.error({ resource: this.#options.kind.resource, err: error }, 'an event handler failed');
    try {
      const told = tell();
      if (told instanceof Promise) told.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

/** The object is ours alone until it is in the cache. Not `delete`: that would turn the object into a slower, larger one. */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (object.metadata.managedFields) object.metadata.managedFields = undefined;
  return object;
}
