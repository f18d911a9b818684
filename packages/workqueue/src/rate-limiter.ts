import type { Clock } from '@t8s/async';
import { TokenBucket, type TokenBucketOptions } from './token-bucket.ts';

/** Decides how long an item that failed has to wait. */
export interface RateLimiter<T> {
  /** Milliseconds until `item` may be tried again; grows with each call. */
  when(item: T): number;
  forget(item: T): void;
  failures(item: T): number;
}

/** `base · 2ⁿ`, at most `cap`, for the n-th failure of each item: 5 ms to 1,000 s as client-go's controllers have it. */
export class ItemBackoff<T> implements RateLimiter<T> {
  readonly #base: number;
  readonly #cap: number;
  readonly #failures = new Map<T, number>();

  constructor({ base = 5, cap = 1_000_000 }: { base?: number; cap?: number } = {}) {
    this.#base = base;
    this.#cap = cap;
  }

  when(item: T): number {
    const failures = this.#failures.get(item) ?? 0;
    this.#failures.set(item, failures + 1);
    return Math.min(this.#cap, this.#base * 2 ** failures);
  }

  forget(item: T): void {
    this.#failures.delete(item);
  }

  failures(item: T): number {
    return this.#failures.get(item) ?? 0;
  }
}

/** One rate for all items together. */
export class BucketRateLimiter<T> implements RateLimiter<T> {
  readonly #bucket: TokenBucket;

  constructor(options: TokenBucketOptions) {
    this.#bucket = new TokenBucket(options);
  }

  when(): number {
    return this.#bucket.reserve();
  }

  forget(): void {}

  failures(): number {
    return 0;
  }
}

/** The strictest of several. */
export class MaxOfRateLimiter<T> implements RateLimiter<T> {
  readonly #limiters: readonly RateLimiter<T>[];

  constructor(limiters: readonly RateLimiter<T>[]) {
    this.#limiters = limiters;
  }

  when(item: T): number {
    return Math.max(...this.#limiters.map((limiter) => limiter.when(item)));
  }

  forget(item: T): void {
    for (const limiter of this.#limiters) limiter.forget(item);
  }

  failures(item: T): number {
    return Math.max(...this.#limiters.map((limiter) => limiter.failures(item)));
  }
}

/** client-go's default for controllers: 5 ms to 1,000 s an item, and all retries together 10 a second after a burst of 100. */
export function controllerRateLimiter<T>(clock: Clock, backoff?: { base?: number; cap?: number }): RateLimiter<T> {
  return new MaxOfRateLimiter<T>([new ItemBackoff(backoff), new BucketRateLimiter({ rate: 10, burst: 100, clock })]);
}
