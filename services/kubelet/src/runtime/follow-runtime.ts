import { Backoff, type Clock, sleep } from '@t8s/async';
import type { RuntimeService } from '@t8s/cri';
import type { Logger } from '@t8s/telemetry';
import type { RuntimeCache } from '../pods/runtime-cache.ts';

export interface FollowRuntimeOptions {
  runtime: RuntimeService;
  cache: RuntimeCache;
  /** The runtime has come or gone. */
  changed(): void;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Keeps the cache in step with the runtime: events from a moment before the list on, so that nothing is missed in between;
 * when the runtime goes away, both anew as soon as it is back. Resolves at the first list; goes on until the signal aborts.
 */
export function followRuntime({ runtime, cache, changed, clock, log, signal }: FollowRuntimeOptions): Promise<void> {
  return new Promise((resolve) => {
    void follow(resolve);
  });

  async function follow(listed: () => void): Promise<void> {
    const backoff = new Backoff({ base: 250, cap: 5000 });
    while (!signal.aborted) {
      const round = new AbortController();
      try {
        const events = runtime.getContainerEvents({}, { signal: AbortSignal.any([signal, round.signal]) })[Symbol.asyncIterator]();
        const first = events.next();
        // Awaited below; until then its failure must not count as unhandled.
        first.catch(() => undefined);
        await cache.relist();
        listed();
        changed();
        backoff.reset();
        for (let next = await first; !next.done; next = await events.next()) await cache.apply(next.value);
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ err: error }, 'the container runtime is away');
        changed();
      } finally {
        round.abort();
      }
      try {
        await sleep(backoff.next(), { signal, clock });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }
}
