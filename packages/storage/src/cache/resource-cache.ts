import { tooOldResourceVersion } from '@t8s/meta';
import { type CachedObject, type CacheEvent, Version } from './cached-object.ts';
import { EventLog } from './event-log.ts';
import { SortedKeys } from './sorted-keys.ts';

/** Someone who is told of changes as they come. */
export interface Watcher {
  /** Called in revision order, synchronously; must not throw. */
  deliver(event: CacheEvent): void;
  /** The watch can't go on: the cache had to start over. */
  expired(): void;
}

export interface WatchScope {
  /** Only objects whose key begins with this: a namespace and a slash. */
  prefix?: string;
  /** Only objects with this value of an index; spares all others' watchers the event. */
  index?: { name: string; value: string };
}

export type IndexFunctions = Readonly<Record<string, (object: CachedObject['object']) => string>>;

/** All objects of one resource, their recent changes, and who watches. */
export class ResourceCache {
  readonly #objects = new Map<string, CachedObject>();
  readonly #keys = new SortedKeys();
  readonly #log: EventLog;
  readonly #indexes: IndexFunctions;
  #changed: number;
  /** Watchers of everything, and by index and value. */
  readonly #all = new Set<{ watcher: Watcher; prefix: string }>();
  readonly #byValue = new Map<string, Set<{ watcher: Watcher; prefix: string }>>();

  constructor(revision: number, indexes: IndexFunctions = {}) {
    this.#changed = revision;
    this.#log = new EventLog(revision);
    this.#indexes = indexes;
  }

  /** The revision of the last change: the state has been the same since. */
  get changed(): number {
    return this.#changed;
  }

  get size(): number {
    return this.#objects.size;
  }

  get watchers(): number {
    let count = this.#all.size;
    for (const set of this.#byValue.values()) count += set.size;
    return count;
  }

  get(key: string): CachedObject | undefined {
    return this.#objects.get(key);
  }

  /** Objects whose key begins with `prefix`, in key order, after the key `after`. */
  *range(prefix = '', after?: string): Iterable<CachedObject> {
    for (const key of this.#keys.range(prefix, after)) {
      const cached = this.#objects.get(key);
      if (cached) yield cached;
    }
  }

  /** How many objects `range` has. */
  count(prefix: string, after: string): number {
    return this.#keys.count(prefix, after);
  }

  /** Fills the cache without events. */
  load(cached: CachedObject): void {
    if (!this.#objects.has(cached.key)) this.#keys.add(cached.key);
    this.#objects.set(cached.key, cached);
  }

  /** The changes that are remembered: all there were after `after`. */
  get past(): { after: number; events: readonly CacheEvent[] } {
    const after = this.#log.oldest;
    return { after, events: this.#log.after(after) ?? [] };
  }

  /** Enters a change of the past, which what is loaded shows already, for watches that begin before it. */
  remember(event: CacheEvent): void {
    this.#log.append(event);
  }

  /** Enters a change and tells its watchers. */
  apply(key: string, current: CachedObject | undefined, revision: number): void {
    const previous = this.#objects.get(key);
    if (current) {
      if (!previous) this.#keys.add(key);
      this.#objects.set(key, current);
    } else {
      if (!previous) return;
      this.#objects.delete(key);
      this.#keys.delete(key);
    }
    this.#changed = revision;
    const event: CacheEvent = { revision, current, previous };
    this.#log.append(event);
    for (const { watcher, prefix } of this.#all) if (key.startsWith(prefix)) watcher.deliver(event);
    if (this.#byValue.size > 0) this.#tellByIndex(key, event);
    if (previous instanceof Version) previous.retire();
  }

  /** Tells `watcher` all changes after `revision`: first the past, before this returns, then what comes. Returns how to end it. Throws Expired. */
  watch(watcher: Watcher, revision: number, { prefix = '', index }: WatchScope = {}): () => void {
    const past = this.#log.after(revision);
    if (!past) throw tooOldResourceVersion(revision, this.#log.oldest);
    const entry = { watcher, prefix };
    const relevant = index ? past.filter((event) => this.#values(index.name, event).includes(index.value)) : past;
    for (const event of relevant) if ((event.current ?? event.previous)?.key.startsWith(prefix)) watcher.deliver(event);
    if (!index) {
      this.#all.add(entry);
      return () => this.#all.delete(entry);
    }
    const id = `${index.name}=${index.value}`;
    const set = this.#byValue.get(id) ?? new Set();
    this.#byValue.set(id, set.add(entry));
    return () => {
      set.delete(entry);
      if (set.size === 0) this.#byValue.delete(id);
    };
  }

  /** Ends every watch: the cache is about to be replaced. */
  expire(): void {
    for (const { watcher } of [...this.#all, ...[...this.#byValue.values()].flatMap((set) => [...set])]) watcher.expired();
  }

  #tellByIndex(key: string, event: CacheEvent): void {
    for (const name of Object.keys(this.#indexes))
      for (const value of this.#values(name, event))
        for (const { watcher, prefix } of this.#byValue.get(`${name}=${value}`) ?? []) if (key.startsWith(prefix)) watcher.deliver(event);
  }

  /** The values before and after: a watcher of the old one must learn that the object left. */
  #values(name: string, { current, previous }: CacheEvent): string[] {
    const read = this.#indexes[name];
    if (!read) return [];
    return [...new Set([current, previous].flatMap((cached) => (cached ? [read(cached.object)] : [])))];
  }
}
