import type { CachedObject, CacheEvent, WatchCache } from '@t8s/storage';

export interface Follower {
  /** All there is: at the start, and again when the cache had to read everything anew. */
  all(objects: readonly CachedObject[]): void;
  changed(event: CacheEvent): void;
}

/** Tells `follower` of every object of a storage name and of each change, from the cache's first fill until the signal aborts. */
export function follow(cache: WatchCache, storage: string, follower: Follower, signal: AbortSignal): void {
  let stop: () => void = () => undefined;
  const begin = (): void => {
    if (signal.aborted) return;
    const resource = cache.resource(storage);
    follower.all([...resource.range()]);
    stop = resource.watch({ deliver: (event) => follower.changed(event), expired: begin }, cache.revision);
  };
  const begun = cache.onAdvance(() => {
    if (!cache.isReady) return;
    begun();
    begin();
  });
  signal.addEventListener('abort', () => stop(), { once: true });
}
