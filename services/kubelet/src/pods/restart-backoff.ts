import type { Clock } from '@t8s/async';

interface Entry {
  delay: number;
  updated: number;
}

/**
 * Delays that grow with each failure of a key and are forgotten after a quiet time of twice the cap (upstream's
 * CrashLoopBackOff and image pulls: 10 s doubling to 5 min). Milliseconds.
 */
export class KeyedBackoff {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #initial: number;
  readonly #cap: number;

  constructor(clock: Clock, { initial = 10_000, cap = 300_000 }: { initial?: number; cap?: number } = {}) {
    this.#clock = clock;
    this.#initial = initial;
    this.#cap = cap;
  }

  /** How long after a failure at `since` the key has to wait from now; 0 when it may go on. */
  remaining(key: string, since: number): number {
    const entry = this.#fresh(key, since);
    return entry ? Math.max(0, since + entry.delay - this.#clock.now()) : 0;
  }

  delay(key: string): number {
    return this.#entries.get(key)?.delay ?? 0;
  }

  /** Counts a failure at `since`. */
  next(key: string, since: number): void {
    const entry = this.#fresh(key, since);
    this.#entries.set(key, { delay: entry ? Math.min(this.#cap, entry.delay * 2) : this.#initial, updated: this.#clock.now() });
  }

  /** Forgets every key that starts with `prefix`. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #fresh(key: string, since: number): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && since - entry.updated <= 2 * this.#cap ? entry : undefined;
  }
}
