/**
 * Every object in memory, fed by one watch on the whole store in revision order. Reads cost no trip to etcd but the one
 * that makes a read consistent, and that one is shared by all who wait for it.
 */
import { Backoff, sleep } from '@t8s/async';
import { type KubeObject, serviceUnavailable, timeout, tooLargeResourceVersion } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import { decodeObject, withRevision } from '../object-bytes.ts';
import { Compacted, KeyExists, RevisionMismatch, type Store, type StoreEvent, StoreUnavailable } from '../store.ts';
import type { CachedObject } from './cached-object.ts';
import { type IndexFunctions, ResourceCache } from './resource-cache.ts';
import { SharedRead } from './shared-read.ts';

export interface WatchCacheOptions {
  store: Store;
  /** All keys of objects begin with it: `/registry/`. */
  prefix: string;
  /** The resources under the prefix (`pods`, `deployments.apps` …) with what watches may select by index. */
  resources: Readonly<Record<string, IndexFunctions>>;
  log: Logger;
}

/** Keys read at once when the cache fills. */
const pageSize = 1000;
/** How long a read waits for the log to reach a revision (upstream's 3 s). */
const waitMs = 3000;
/** Events of our own prefix come within a few milliseconds; what takes longer may never come. */
const nudgeMs = 50;

export class WatchCache {
  readonly #options: WatchCacheOptions;
  readonly #revisions: SharedRead<number>;
  readonly #nudges: SharedRead<void>;
  #resources = new Map<string, ResourceCache>();
  /** Objects we wrote ourselves, by revision: their events need no parsing. */
  readonly #written = new Map<number, CachedObject>();
  readonly #waiting = new Set<{ revision: number; resolve: () => void }>();
  #revision = 0;
  #isReady = false;
  readonly #listeners = new Set<() => void>();

  constructor(options: WatchCacheOptions) {
    this.#options = options;
    this.#revisions = new SharedRead(() => options.store.currentRevision());
    this.#nudges = new SharedRead(() => this.#nudge());
  }

  /** The revision up to which the log has been read. */
  get revision(): number {
    return this.#revision;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** The cache of a resource. Throws ServiceUnavailable before the first fill. */
  resource(name: string): ResourceCache {
    const cache = this.#resources.get(name);
    if (!cache) throw serviceUnavailable('the watch cache is being filled');
    return cache;
  }

  /** Calls `listener` when the revision has grown, once for all events that came together: bookmarks hang on it. */
  onAdvance(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hands over what was just written, so that its event needs no parsing. Returns the version readers will share. */
  wrote(resource: string, key: string, object: KubeObject, stored: Buffer, revision: number): CachedObject {
    object.metadata.resourceVersion = String(revision);
    const cached: CachedObject = { key, object, bytes: withRevision(stored, revision), revision };
    if (revision <= this.#revision) return this.#resources.get(resource)?.get(key) ?? cached;
    this.#written.set(revision, cached);
    return cached;
  }

  /**
   * Resolves when the cache shows everything written before this call. Where the latest write was to a key outside the
   * prefix, no event would ever reach its revision: a write of our own brings one (etcd's progress requests can't be
   * trusted before 3.4.25 and 3.5.8, etcd #15220).
   */
  async consistent(): Promise<void> {
    const revision = await this.#revisions.read();
    if (revision <= this.#revision) return;
    const nudge = setTimeout(
      () => this.#nudges.read().catch((error: unknown) => this.#options.log.debug({ err: error }, 'no nudge')),
      nudgeMs,
    );
    await this.waitFor(revision).finally(() => clearTimeout(nudge));
  }

  /** Resolves when the log has reached `revision`. Throws Timeout with cause ResourceVersionTooLarge. */
  async waitFor(revision: number): Promise<void> {
    if (revision <= this.#revision) return;
    await new Promise<void>((resolve, reject) => {
      const entry = {
        revision,
        resolve(): void {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(entry);
        reject(this.#isReady ? tooLargeResourceVersion(revision, this.#revision) : timeout('the watch cache is being filled', 1));
      }, waitMs);
      this.#waiting.add(entry);
    });
  }

  /** Fills the cache and follows the log until the signal aborts; starts over when etcd has compacted what it missed. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, prefix, log } = this.#options;
    const backoff = new Backoff({ base: 100, cap: 5000, jitter: 0.5 });
    while (!signal.aborted) {
      try {
        await this.#fill();
        backoff.reset();
        await store.watch({ prefix, after: this.#revision, handler: { events: (events) => this.#apply(events) }, signal });
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Compacted) log.warn('the log was compacted past the cache: reading everything again');
        else if (error instanceof StoreUnavailable) log.warn({ err: error }, 'the store is away, trying again');
        else throw error;
        await sleep(backoff.next(), { signal }).catch((cause: unknown) => {
          if (!signal.aborted) throw cause;
        });
      }
    }
  }

  /** Any write under the prefix will do; losing the race to another apiserver's is as good. */
  async #nudge(): Promise<void> {
    const { store, prefix } = this.#options;
    const key = `${prefix}t8s-nudge`;
    const current = await store.get(key);
    const value = Buffer.from('{"metadata":{"name":"nudge"}}');
    try {
      await (current ? store.update(key, value, current.revision) : store.create(key, value));
    } catch (error) {
      if (!(error instanceof RevisionMismatch || error instanceof KeyExists)) throw error;
    }
  }

  async #fill(): Promise<void> {
    const { store, prefix, resources } = this.#options;
    const first = await store.list(prefix, { limit: pageSize });
    const fresh = new Map(Object.entries(resources).map(([name, indexes]) => [name, new ResourceCache(first.revision, indexes)]));
    for (let page = first; ; ) {
      for (const { key, value, revision } of page.items) {
        const { resource, rest } = this.#split(key);
        fresh.get(resource)?.load({ key: rest, object: decodeObject(value, revision), bytes: withRevision(value, revision), revision });
      }
      const last = page.items.at(-1);
      if (!page.more || !last) break;
      page = await store.list(prefix, { limit: pageSize, from: `${last.key}\0`, revision: first.revision });
    }
    const old = this.#resources;
    this.#resources = fresh;
    this.#written.clear();
    this.#isReady = true;
    this.#advance(first.revision);
    for (const cache of old.values()) cache.expire();
  }

  #apply(events: readonly StoreEvent[]): void {
    for (const event of events) {
      const { resource, rest } = this.#split(event.key);
      this.#resources.get(resource)?.apply(rest, event.type === 'put' ? this.#version(rest, event) : undefined, event.revision);
      this.#written.delete(event.revision);
    }
    this.#advance(events.at(-1)?.revision ?? this.#revision);
  }

  #version(key: string, { revision, value }: { revision: number; value: Buffer }): CachedObject {
    const written = this.#written.get(revision);
    return written?.key === key ? written : { key, object: decodeObject(value, revision), bytes: withRevision(value, revision), revision };
  }

  #advance(revision: number): void {
    this.#revision = revision;
    for (const entry of this.#waiting) {
      if (entry.revision > revision) continue;
      this.#waiting.delete(entry);
      entry.resolve();
    }
    for (const listener of this.#listeners) listener();
  }

  /** `/registry/pods/d/web` → `pods`, `d/web`. */
  #split(key: string): { resource: string; rest: string } {
    const start = this.#options.prefix.length;
    const slash = key.indexOf('/', start);
    return slash < 0 ? { resource: key.slice(start), rest: '' } : { resource: key.slice(start, slash), rest: key.slice(slash + 1) };
  }
}
