/**
 * A work queue holds keys of things to look at, not events: what to do is decided from current state when a key comes out.
 *
 * Promised:
 * - An item waits at most once, however often it is added, and items come out in the order they were first added.
 * - An item is handed to one worker at a time: added again while it is worked on, it waits until `done` and comes out once more.
 * - Until `close` no added item is lost: after the last `add` there is always one more `take`.
 * - After `close` nothing is accepted and nothing comes out: what waited is found again from the API by whoever starts next.
 *
 * Not promised: that each `add` leads to its own `take`, fairness between items, or any memory across a restart.
 */
export interface Queue<T> {
  /** How many items wait now; those being worked on don't count. */
  readonly length: number;
  add(item: T): void;
  /** The next item, as soon as there is one; undefined once the queue is closed. Each item needs its `done`. */
  take(): Promise<T | undefined>;
  /** The worker has finished with `item`, whatever came of it. */
  done(item: T): void;
  close(): void;
}

/** A queue that takes items for later. An item added twice comes at the earlier time; a plain `add` does not cancel the later one. */
export interface DelayingQueue<T> extends Queue<T> {
  /** `ms` of 0 or less adds at once. */
  addAfter(item: T, ms: number): void;
}

/** A queue that spaces out the items that keep failing. */
export interface RateLimitingQueue<T> extends DelayingQueue<T> {
  /** Adds after the delay the rate limiter has for this item. */
  addRateLimited(item: T): void;
  /** The item succeeded or is given up: its delays start small again. Does not take it off the queue. */
  forget(item: T): void;
  /** How often in a row the item was rate limited. */
  failures(item: T): number;
}
