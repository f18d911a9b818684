import type { CacheEvent } from './cached-object.ts';

/** Bounds of the log of one resource: at least `min` events stay, at most `max`; in between those of the last `keepMs`. */
const min = 100;
const max = 20_000;
const keepMs = 75_000;

/** The recent changes of a resource, from which watches start in the past. Memory grows with events, up to the bound. */
export class EventLog {
  #events: { event: CacheEvent; at: number }[] = [];
  /** Watches may start after this revision. */
  #oldest: number;

  constructor(revision: number) {
    this.#oldest = revision;
  }

  get oldest(): number {
    return this.#oldest;
  }

  append(event: CacheEvent, now: number): void {
    this.#events.push({ event, at: now });
    // Trimmed in chunks, so that an append costs no copy.
    if (this.#events.length >= max * 1.25 || (this.#events.length > min * 2 && this.#events.length % min === 0)) this.#trim(now);
  }

  /** Events after `revision`, or undefined when the log no longer reaches back that far. */
  after(revision: number): CacheEvent[] | undefined {
    if (revision < this.#oldest) return undefined;
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.event.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low).map(({ event }) => event);
  }

  #trim(now: number): void {
    const expired = this.#events.findIndex(({ at }) => now - at < keepMs);
    const byAge = expired < 0 ? this.#events.length : expired;
    const drop = Math.max(Math.min(byAge, this.#events.length - min), this.#events.length - max);
    if (drop <= 0) return;
    this.#oldest = this.#events[drop - 1]?.event.revision ?? this.#oldest;
    this.#events = this.#events.slice(drop);
  }
}
