import type { Clock } from '@t8s/async';
import { DelayingQueue } from './delaying-queue.ts';

export interface WorkQueueOptions {
  clock?: Clock;
  /** Delay before the first retry, in milliseconds; doubles with each failure. */
  baseDelay?: number;
  /** Longest delay between retries, in milliseconds. */
  maxDelay?: number;
}

/** A delaying queue that makes failing keys wait, longer with each failure. Defaults are client-go's: 5 ms to 1000 s. */
export class WorkQueue extends DelayingQueue {
  readonly #failures = new Map<string, number>();
  readonly #baseDelay: number;
  readonly #maxDelay: number;

  constructor({ clock, baseDelay = 5, maxDelay = 1_000_000 }: WorkQueueOptions = {}) {
    super(clock);
    this.#baseDelay = baseDelay;
    this.#maxDelay = maxDelay;
  }

  /** Adds the key again after its back-off. */
  addRateLimited(key: string): void {
    const failures = this.failures(key);
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(this.#baseDelay * 2 ** failures, this.#maxDelay));
  }

  /** How often in a row the key has failed. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The key has succeeded: its next failure starts from the shortest delay. */
  forget(key: string): void {
    this.#failures.delete(key);
  }
}
