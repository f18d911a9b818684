/** All watches of the server: the groups they form, and their bookmarks. */
import type { Kind } from '@t8s/api';
import type { WatchCache } from '@t8s/storage';
import { WatchGroup, type WatchGroupOptions } from './watch-group.ts';

/** Upstream's period of bookmarks. Milliseconds. */
const bookmarkMs = 60_000;

/** What may wait for all clients together that read slower than events come, and for one: at most, and in any case. Bytes. */
const unsent = { total: 1024 ** 3, most: 32 * 1024 ** 2, least: 1024 ** 2 };

/** Watches of one resource that are open, and the events they were told so far. */
interface Count {
  open: number;
  told: number;
}

type Named = Pick<Kind, 'group' | 'version' | 'resource'>;

export class Watches {
  /** By resource: what is served again under its name goes on. */
  readonly counts = new Map<Named, Count>();
  readonly #named = new Map<string, Named>();
  readonly #groups = new Map<string, WatchGroup>();
  readonly #cache: WatchCache;
  #open = 0;
  #timer: NodeJS.Timeout | undefined;
  #bookmarked = 0;

  constructor(cache: WatchCache) {
    this.#cache = cache;
  }

  /** What may wait for one client; the more watches there are, the less. Bytes. */
  get maxUnsent(): number {
    return Math.max(unsent.least, Math.min(unsent.most, unsent.total / this.#open));
  }

  countOf({ group, version, resource }: Named): Count {
    const key = `${group}/${version}/${resource}`;
    const named = this.#named.get(key) ?? { group, version, resource };
    this.#named.set(key, named);
    const count = this.counts.get(named) ?? { open: 0, told: 0 };
    this.counts.set(named, count);
    return count;
  }

  /** The group of all who ask for what `key` says. */
  group(key: string, options: Omit<WatchGroupOptions, 'ended'>): WatchGroup {
    const known = this.#groups.get(key);
    if (known) return known;
    const group: WatchGroup = new WatchGroup({
      ...options,
      ended: () => {
        if (this.#groups.get(key) === group) this.#groups.delete(key);
      },
    });
    this.#groups.set(key, group);
    return group;
  }

  /** Counts an open watch; bookmarks go out while there is one. Returns how to sign off, once. */
  opened(kind: Kind): () => void {
    const count = this.countOf(kind);
    this.#open += 1;
    count.open += 1;
    this.#timer ??= setInterval(() => this.#bookmark(), bookmarkMs).unref();
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#open -= 1;
      count.open -= 1;
      if (this.#open > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #bookmark(): void {
    const { revision } = this.#cache;
    if (revision === this.#bookmarked) return;
    this.#bookmarked = revision;
    for (const group of this.#groups.values()) group.bookmark(revision);
  }
}
