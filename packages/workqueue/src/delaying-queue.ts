import { type Clock, systemClock } from '@t8s/async';
import { DedupQueue } from './dedup-queue.ts';

/** A queue whose keys can come later. Of several delays for a key the earliest counts. */
export class DelayingQueue extends DedupQueue {
  readonly #clock: Clock;
  readonly #timers = new Map<string, { at: number; cancel: () => void }>();

  constructor(clock: Clock = systemClock) {
    super();
    this.#clock = clock;
  }

  /** Adds the key after `ms` milliseconds. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.now() + ms;
    const known = this.#timers.get(key);
    if (known && known.at <= at) return;
    known?.cancel();
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(key);
      this.add(key);
    });
    this.#timers.set(key, { at, cancel });
  }

  override close(): void {
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    super.close();
  }
}
