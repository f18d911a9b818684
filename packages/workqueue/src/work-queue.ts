import { type Clock, systemClock } from '@t8s/async';
import { DedupeQueue } from './dedupe-queue.ts';
import { DelayQueue } from './delay-queue.ts';
import type { RateLimitingQueue } from './queue.ts';
import { controllerRateLimiter, type RateLimiter } from './rate-limiter.ts';

export interface WorkQueueOptions {
  clock?: Clock;
  /** Delay before the first retry, in milliseconds; doubles with each failure of the item. */
  baseDelay?: number;
  /** Longest delay between retries of an item, in milliseconds. */
  maxDelay?: number;
}

/** The third layer over the other two: deduplication, delays and retries. See `Queue` for what is promised. */
export class WorkQueue<T = string> extends DelayQueue<T> implements RateLimitingQueue<T> {
  readonly #limiter: RateLimiter<T>;

  constructor({ clock = systemClock, baseDelay = 5, maxDelay = 1_000_000 }: WorkQueueOptions = {}) {
    super(new DedupeQueue(), clock);
    this.#limiter = controllerRateLimiter(clock, { base: baseDelay, cap: maxDelay });
  }

  addRateLimited(item: T): void {
    this.addAfter(item, this.#limiter.when(item));
  }

  forget(item: T): void {
    this.#limiter.forget(item);
  }

  failures(item: T): number {
    return this.#limiter.failures(item);
  }
}
