import { type Clock, firstIndex, systemClock } from '@t8s/async';
import type { CacheEvent } from './cached-object.ts';

/** Bounds of the log of one resource: at least `min` events stay; beyond that those of the last `keepMs`, within the maxima. */
const min = 100;
const maxEvents = 50_000;
const maxBytes = 64 * 1024 * 1024;
const keepMs = 75_000;

interface Entry {
  event: CacheEvent;
  at: number;
  bytes: number;
}

/** The recent changes of a resource, from which watches start in the past. Its memory follows the rate of events, and goes when they stop. */
export class EventLog {
  readonly #clock: Clock;
  #entries: Entry[] = [];
  #bytes = 0;
  /** Watches may start after this revision. */
  #oldest: number;
  #isTrimming = false;

  constructor(revision: number, clock: Clock = systemClock) {
    this.#oldest = revision;
    this.#clock = clock;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get size(): number {
    return this.#entries.length;
  }

  append(event: CacheEvent): void {
    const bytes = (event.current ?? event.previous)?.bytes.length ?? 0;
    this.#entries.push({ event, at: this.#clock.now(), bytes });
    this.#bytes += bytes;
    // Trimmed in chunks, so that an append costs no copy.
    if (this.#entries.length >= maxEvents * 1.25 || this.#bytes >= maxBytes * 1.25) this.#trim();
    if (this.#entries.length > min && !this.#isTrimming) this.#trimLater();
  }

  /** Events after `revision`, or undefined when the log no longer reaches back that far. */
  after(revision: number): CacheEvent[] | undefined {
    if (revision < this.#oldest) return undefined;
    return this.#entries.slice(firstIndex(this.#entries, (entry) => entry.event.revision > revision)).map(({ event }) => event);
  }

  #trimLater(): void {
    this.#isTrimming = true;
    this.#clock.after(keepMs, () => {
      this.#isTrimming = false;
      this.#trim();
      if (this.#entries.length > min) this.#trimLater();
    });
  }

  #trim(): void {
    const entries = this.#entries;
    const now = this.#clock.now();
    let drop = 0;
    for (; drop < entries.length - min; drop++) {
      const { at, bytes } = entries[drop] as Entry;
      if (now - at < keepMs && entries.length - drop <= maxEvents && this.#bytes <= maxBytes) break;
      this.#bytes -= bytes;
    }
    if (drop === 0) return;
    this.#oldest = entries[drop - 1]?.event.revision ?? this.#oldest;
    this.#entries = entries.slice(drop);
  }
}
