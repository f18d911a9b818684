/**
 * Every object in memory, fed by one watch on the whole store in revision order. Reads cost no trip to etcd but the one
 * that makes a read consistent, and that one is shared by all who wait for it.
 *
 * Promised: what a read shows was the store's state at `revision`, whole; watchers of a resource see its changes in the same
 * order, each once; a consistent read shows everything acknowledged before it was asked for.
 * Not promised: that a read which isn't consistent shows a write of a moment ago, or that a watch can go on after the cache
 * had to start over (its watchers are told).
 */
import { Backoff, sleep } from '@t8s/async';
import { serviceUnavailable, timeout, tooLargeResourceVersion } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import { Compacted, type KeyValue, type Store, type StoreEvent, StoreUnavailable } from '../store.ts';
import { type CachedObject, Version, type VersionOptions } from './cached-object.ts';
import { nudge } from './nudge.ts';
import { type OwnWrite, OwnWrites } from './own-writes.ts';
import { type IndexFunctions, ResourceCache } from './resource-cache.ts';
import { SharedRead } from './shared-read.ts';

export interface WatchCacheOptions {
  store: Store;
  /** All keys of objects begin with it: `/registry/`. */
  prefix: string;
  /**
   * The resources under the prefix (`pods`, `deployments` …) with what watches may select by index. Those of groups with a dot in
   * their name (`example.com/books`) need not be told: they come with their first key, or their first reader.
   */
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
  readonly #own = new OwnWrites();
  readonly #waiting = new Set<{ revision: number; resolve: () => void }>();
  #revision = 0;
  /** What the fill showed: a resource without a key then, and without an event since, is empty. */
  #filledAt = 0;
  #isReady = false;
  /** Ends the watch under way, to read everything again. */
  #startOver = new AbortController();
  readonly #listeners = new Set<() => void>();

  constructor(options: WatchCacheOptions) {
    this.#options = options;
    this.#revisions = new SharedRead(() => options.store.currentRevision());
    this.#nudges = new SharedRead(() => nudge(options.store, options.prefix));
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
    const cache = this.#resources.get(name) ?? (this.#isReady ? this.#ofGroup(name) : undefined);
    if (!cache) throw serviceUnavailable('the watch cache is being filled');
    return cache;
  }

  /** Forgets the past of a resource that has no objects; its watches end. */
  forget(name: string): void {
    const cache = this.#resources.get(name);
    if (!cache || cache.size > 0) return;
    this.#resources.set(name, new ResourceCache(this.#revision));
    cache.expire();
  }

  /** The cache of `<group>/<resource>`, made when it is first needed; undefined for other names, which are told at the start. */
  #ofGroup(name: string): ResourceCache | undefined {
    if (!name.includes('/')) return undefined;
    const cache = new ResourceCache(this.#filledAt);
    this.#resources.set(name, cache);
    return cache;
  }

  /** Calls `listener` when the revision has grown, once for all events that came together: bookmarks hang on it. */
  onAdvance(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Commits a write of ours so that its event needs no parsing: `object` becomes the version that all readers share, and
   * nobody may change it any more. `commit` writes to the store and returns the revision; what it throws is thrown.
   */
  async write(write: OwnWrite, commit: () => Promise<number>): Promise<CachedObject> {
    const pending = this.#own.begin(write);
    try {
      const revision = await commit();
      if (pending.version?.revision !== revision) {
        const { resource, rest } = this.#split(write.key);
        const type = this.#resources.get(resource)?.get(rest) ? 'MODIFIED' : 'ADDED';
        pending.version = new Version({ key: rest, revision, stored: write.stored, object: write.object, type });
      }
      // Else its event will end it.
      if (revision <= this.#revision) this.#own.end(pending);
      return pending.version;
    } catch (error) {
      this.#own.end(pending);
      throw error;
    }
  }

  /**
   * Resolves when the cache shows everything written before this call. Where the latest write was to a key outside the
   * prefix, no event would ever reach its revision: a write of our own brings one (etcd's progress requests can't be
   * trusted before 3.4.25 and 3.5.8, etcd #15220). Throws Timeout when the log doesn't get there in time.
   */
  async consistent(): Promise<void> {
    const before = this.#revision;
    const revision = await this.#revisions.read();
    if (revision < before) this.#storeWentBack(revision);
    else if (revision <= this.#revision) return;
    const timer = setTimeout(
      () => this.#nudges.read().catch((error: unknown) => this.#options.log.debug({ err: error }, 'no nudge')),
      nudgeMs,
    );
    await this.waitFor(revision).finally(() => clearTimeout(timer));
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

  /** Fills the cache and follows the log until the signal aborts; starts over when etcd no longer has what it missed. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, prefix, log } = this.#options;
    const backoff = new Backoff({ base: 100, cap: 5000, jitter: 0.5 });
    while (!signal.aborted) {
      try {
        this.#startOver = new AbortController();
        await this.#fill();
        backoff.reset();
        const until = AbortSignal.any([signal, this.#startOver.signal]);
        await store.watch({ prefix, after: this.#revision, handler: { events: (events) => this.#apply(events) }, signal: until });
        continue;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Compacted) log.warn('the log was compacted past the cache: reading everything again');
        else if (error instanceof StoreUnavailable) log.warn({ err: error }, 'the store is away, trying again');
        else throw error;
      }
      await sleep(backoff.next(), { signal }).catch((cause: unknown) => {
        if (!signal.aborted) throw cause;
      });
    }
  }

  async #fill(): Promise<void> {
    const { store, prefix, resources } = this.#options;
    const first = await store.list(prefix, { limit: pageSize });
    const fresh = new Map(Object.entries(resources).map(([name, indexes]) => [name, new ResourceCache(first.revision, indexes)]));
    for (let page = first; ; ) {
      for (const item of page.items) {
        const { resource, rest } = this.#split(item.key);
        if (resource.includes('/') && !fresh.has(resource)) fresh.set(resource, new ResourceCache(first.revision));
        const cache = fresh.get(resource);
        const version = cache && this.#version(item, { key: rest, type: 'ADDED' });
        if (version) cache.load(version);
      }
      const last = page.items.at(-1);
      if (!page.more || !last) break;
      page = await store.list(prefix, { limit: pageSize, from: `${last.key}\0`, revision: first.revision });
    }
    const old = this.#resources;
    this.#resources = fresh;
    this.#filledAt = first.revision;
    this.#own.clear();
    this.#isReady = true;
    this.#advance(first.revision);
    for (const cache of old.values()) cache.expire();
  }

  #apply(events: readonly StoreEvent[]): void {
    for (const event of events) {
      const { resource, rest } = this.#split(event.key);
      const cache = this.#resources.get(resource) ?? this.#ofGroup(resource);
      if (!cache) continue;
      if (event.type === 'delete') cache.apply(rest, undefined, event.revision);
      else {
        const version = this.#version(event, { key: rest, type: cache.get(rest) ? 'MODIFIED' : 'ADDED' });
        if (version) cache.apply(rest, version, event.revision);
      }
    }
    this.#advance(events.at(-1)?.revision ?? this.#revision);
  }

  /** The version that a key's value is. What can't be read is logged and passed over: one broken value stops nothing else. */
  #version({ key: storeKey, value, revision }: KeyValue, { key, type }: Pick<VersionOptions, 'key' | 'type'>): Version | undefined {
    const own = this.#own.match(storeKey, value, revision);
    if (own) {
      this.#own.end(own);
      own.version ??= new Version({ key, revision, stored: value, object: own.object, type });
      return own.version;
    }
    try {
      return new Version({ key, revision, stored: value, type });
    } catch (error) {
      this.#options.log.error({ err: error, key: storeKey, revision }, 'a stored value is not a JSON object, passing it over');
      return undefined;
    }
  }

  /** Revisions only grow unless the store was restored from a backup: nothing in memory counts any more. */
  #storeWentBack(revision: number): void {
    this.#options.log.error({ revision, had: this.#revision }, 'the store has gone back: reading everything again');
    this.#revision = 0;
    this.#isReady = false;
    this.#startOver.abort();
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

  /** `/registry/pods/d/web` → `pods`, `d/web`; `/registry/example.com/books/d/tome` → `example.com/books`, `d/tome`. */
  #split(key: string): { resource: string; rest: string } {
    const start = this.#options.prefix.length;
    const first = key.indexOf('/', start);
    const dot = key.indexOf('.', start);
    const slash = dot >= 0 && dot < first ? key.indexOf('/', first + 1) : first;
    return slash < 0 ? { resource: key.slice(start), rest: '' } : { resource: key.slice(start, slash), rest: key.slice(slash + 1) };
  }
}
