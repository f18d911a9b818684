/**
 * A queue of keys. Promised: a key that waits is handed out once however often it was added; a key is never handed to two
 * workers at once; one that is added while it is being processed is handed out again when that is done.
 * Not promised: order between keys that were added at different times of the same tick.
 */
export class DedupQueue {
  readonly #waiting = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #again = new Set<string>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  get length(): number {
    return this.#waiting.size;
  }

  add(key: string): void {
    if (this.#closed) return;
    if (this.#processing.has(key)) {
      this.#again.add(key);
      return;
    }
    const taker = this.#takers.shift();
    if (taker) {
      this.#processing.add(key);
      taker(key);
    } else {
      this.#waiting.add(key);
    }
  }

  /** The next key, as soon as there is one; undefined once the queue is closed. Call `done` when it is processed. */
  take(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    for (const key of this.#waiting) {
      this.#waiting.delete(key);
      this.#processing.add(key);
      return Promise.resolve(key);
    }
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: string): void {
    this.#processing.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  /** Drops what waits and ends every `take`. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }
}
