/**
 * The objects of a custom resource as one of its versions shows them: a cache beside the one of what is stored, made for its first
 * reader and kept up while somebody reads it. Objects that need no conversion are the same in both.
 */
import { type Clock, systemClock } from '@t8s/async';
import { type CachedObject, type CacheEvent, ResourceCache } from '@t8s/storage';
import type { FormCache } from '../registry/stored-form.ts';

type Shown = readonly CachedObject[];

export interface VersionCacheOptions {
  /** The cache of what is stored. It is another one once everything had to be read again. */
  source(): ResourceCache;
  /** How far the source has been told. */
  revision(): number;
  /** In the order given. */
  convert(stored: Shown): Shown | Promise<Shown>;
  /** Conversions cost next to nothing: changes of the past are taken over too, so that watches may begin in it. */
  isCheap: boolean;
  clock?: Clock;
}

/** Where conversions cost something, changes are followed this long for nobody. Milliseconds. */
const idleMs = 60_000;

export class VersionCache {
  readonly #options: VersionCacheOptions;
  #following: Following | undefined;

  constructor(options: VersionCacheOptions) {
    this.#options = options;
  }

  /** What the version shows, not older than the source is now. Throws what stood against a conversion; the next call tries again. */
  async read(): Promise<FormCache> {
    const following = this.#following ?? this.#follow();
    await following.caughtUp();
    return following;
  }

  /** Ends what goes on, as another cache has taken its place. */
  end(): void {
    this.#following?.replace();
  }

  #follow(): Following {
    const following = new Following(this.#options, () => {
      if (this.#following === following) this.#following = undefined;
    });
    this.#following = following;
    following.begin();
    return following;
  }
}

/** One life of a version's cache: from a fill to the first failure. */
class Following implements FormCache {
  readonly cache: ResourceCache;
  isReplaced = false;
  readonly #options: VersionCacheOptions;
  readonly #source: ResourceCache;
  readonly #ended: () => void;
  #queue: CacheEvent[] = [];
  /** Never rejects. */
  #working: Promise<void> | undefined;
  #applied: number;
  #readAt: number;
  readonly #clock: Clock;
  #failure: { error: unknown } | undefined;
  #stop: () => void = () => undefined;

  constructor(options: VersionCacheOptions, ended: () => void) {
    this.#options = options;
    this.#source = options.source();
    this.#ended = ended;
    this.#applied = options.revision();
    this.#clock = options.clock ?? systemClock;
    this.#readAt = this.#clock.now();
    this.cache = new ResourceCache(options.isCheap ? this.#source.past.after : this.#applied);
  }

  revision(): number {
    return this.#working ? this.#applied : this.#options.revision();
  }

  begin(): void {
    this.#stop = this.#source.watch({ deliver: (event) => this.#take(event), expired: () => this.end() }, this.#applied);
    const objects = [...this.#source.range()];
    const events = this.#options.isCheap ? this.#source.past.events : [];
    const versions = [...objects, ...events.flatMap(({ current, previous }) => [current ?? [], previous ?? []].flat())];
    this.#do(versions, (shown) => {
      const of = new Map(versions.map((version, i) => [version, shown[i]]));
      for (const { revision, current, previous } of events)
        this.cache.remember({ revision, current: current && of.get(current), previous: previous && of.get(previous) });
      for (const object of objects) this.cache.load(of.get(object) ?? object);
    });
    this.#work();
  }

  /** Resolves when everything is in that the source showed at the time of the call. */
  async caughtUp(): Promise<void> {
    this.#readAt = this.#clock.now();
    // What waits behind the work under way is done in one go after it.
    await this.#working;
    await this.#working;
    if (this.#failure) throw this.#failure.error;
  }

  replace(): void {
    this.isReplaced = true;
    this.end();
  }

  end(): void {
    this.#stop();
    this.#ended();
    this.cache.expire();
  }

  #take(event: CacheEvent): void {
    if (!this.#options.isCheap && this.cache.watchers === 0 && this.#clock.now() - this.#readAt > idleMs) {
      this.end();
      return;
    }
    this.#queue.push(event);
    this.#work();
  }

  #work(): void {
    while (!this.#working && this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      this.#do(
        batch.flatMap(({ current }) => current ?? []),
        (shown) => this.#apply(batch, shown),
      );
    }
  }

  #apply(batch: readonly CacheEvent[], shown: Shown): void {
    let next = 0;
    for (const { current, previous, revision } of batch) {
      const key = (current ?? previous)?.key ?? '';
      this.cache.apply(key, current && shown[next++], revision);
      this.#applied = revision;
    }
  }

  /** Converts, now where that is possible, and then does this with the result. */
  #do(versions: Shown, then: (shown: Shown) => void): void {
    try {
      const shown = this.#options.convert(versions);
      if (!(shown instanceof Promise)) {
        then(shown);
        return;
      }
      this.#working = shown.then(then).then(
        () => {
          this.#working = undefined;
          this.#work();
        },
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    this.#working = undefined;
    this.#queue = [];
    this.end();
  }
}
