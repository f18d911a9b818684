/**
 * Watchers that ask for the same are one watcher of the cache: each event is matched and written once for all of them, and
 * all that came in one turn of the event loop goes to a socket in one write.
 */
import type { CachedObject, CacheEvent, ResourceCache, WatchScope, WatchType } from '@t8s/storage';
import type { View } from '../../views/view.ts';

/** One client's watch. */
export interface WatchMember {
  /** Takes lines of the answer, already in a chunk of their own. */
  write(lines: Buffer): void;
  /** The watch can't go on. */
  expired(): void;
  wantsBookmarks: boolean;
  /** Nothing has been written yet: tables name their columns in the first line. */
  isFresh: boolean;
}

export interface WatchGroupOptions {
  view: View;
  scope: WatchScope;
  cache: ResourceCache;
  /** How far the cache has come, where that may be less far than the log. */
  reached?(): number;
  matches(cached: CachedObject): boolean;
  /** Of all watches of the resource. */
  count: { told: number };
  /** Nobody is left. */
  ended(): void;
}

interface Told {
  event: CacheEvent;
  type: WatchType;
}

export class WatchGroup {
  readonly #options: WatchGroupOptions;
  readonly #members = new Set<WatchMember>();
  #pending: Told[] = [];
  #isScheduled = false;
  #stop: (() => void) | undefined;

  constructor(options: WatchGroupOptions) {
    this.#options = options;
  }

  /** Tells `member` all changes after `revision`, at once, and then what comes. Returns how to leave. Throws Expired. */
  join(member: WatchMember, revision: number, now: number): () => void {
    const { cache, scope } = this.#options;
    // What the others still wait for is part of the past that the newcomer is told of.
    this.#flush();
    if (revision < now) {
      const past: Told[] = [];
      cache.watch({ deliver: (event) => this.#take(event, past), expired: () => undefined }, revision, scope)();
      this.#tell(member, past);
    }
    this.#stop ??= cache.watch({ deliver: (event) => this.#deliver(event), expired: () => this.#expire() }, now, scope);
    this.#members.add(member);
    return () => {
      this.#members.delete(member);
      if (this.#members.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
      this.#options.ended();
    };
  }

  /** Tells those who want to know that they have seen everything up to `revision`. */
  bookmark(revision: number): void {
    this.#flush();
    const line = this.#options.view.bookmark(this.#reached(revision), false);
    for (const member of this.#members) if (member.wantsBookmarks) member.write(line);
  }

  /** Tells one member the same; `isInitialEnd` that the objects there were at its start have all been told. */
  bookmarkTo(member: WatchMember, revision: number, isInitialEnd = false): void {
    this.#flush();
    member.write(this.#options.view.bookmark(this.#reached(revision), isInitialEnd));
  }

  /** How far of `revision` the cache has come. */
  #reached(revision: number): number {
    return Math.min(revision, this.#options.reached?.() ?? revision);
  }

  #deliver(event: CacheEvent): void {
    this.#take(event, this.#pending);
    if (this.#isScheduled || this.#pending.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #take(event: CacheEvent, into: Told[]): void {
    const type = this.#typeOf(event);
    if (type) into.push({ event, type });
  }

  /** An object that begins to match is added to the watcher's world, one that no longer does leaves it. */
  #typeOf({ current, previous }: CacheEvent): WatchType | undefined {
    const is = current !== undefined && this.#options.matches(current);
    const was = previous !== undefined && this.#options.matches(previous);
    if (is) return was ? 'MODIFIED' : 'ADDED';
    return was ? 'DELETED' : undefined;
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const told = this.#pending;
    this.#pending = [];
    this.#options.count.told += told.length * this.#members.size;
    let shared: Buffer | undefined;
    for (const member of this.#members) {
      if (member.isFresh) {
        this.#tell(member, told);
      } else {
        shared ??= this.#lines(told, false);
        member.write(shared);
      }
    }
  }

  #tell(member: WatchMember, told: readonly Told[]): void {
    if (told.length === 0) return;
    const lines = this.#lines(told, member.isFresh);
    member.isFresh = false;
    member.write(lines);
  }

  #lines(told: readonly Told[], isFresh: boolean): Buffer {
    const frames = told.map(({ event, type }, i) => this.#options.view.frame(event, type, isFresh && i === 0));
    return frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames);
  }

  #expire(): void {
    this.#stop = undefined;
    for (const member of [...this.#members]) member.expired();
  }
}
