import { Fifo } from './fifo.ts';
import type { Queue } from './queue.ts';

/** The first layer: deduplication and one worker an item. Items are compared as Map keys are. */
export class DedupeQueue<T> implements Queue<T> {
  readonly #waiting = new Fifo<T>();
  /** Needs work: in #waiting, or to be put there when its worker is done. */
  readonly #dirty = new Set<T>();
  readonly #processing = new Set<T>();
  readonly #takers = new Fifo<(item: T | undefined) => void>();
  #closed = false;

  get length(): number {
    return this.#waiting.length;
  }

  add(item: T): void {
    if (this.#closed || this.#dirty.has(item)) return;
    this.#dirty.add(item);
    if (!this.#processing.has(item)) this.#enqueue(item);
  }

  take(): Promise<T | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    if (this.#waiting.length > 0) {
      const item = this.#waiting.shift() as T;
      this.#start(item);
      return Promise.resolve(item);
    }
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(item: T): void {
    this.#processing.delete(item);
    if (this.#dirty.has(item)) this.#enqueue(item);
  }

  close(): void {
    this.#closed = true;
    this.#waiting.clear();
    this.#dirty.clear();
    while (this.#takers.length > 0) this.#takers.shift()?.(undefined);
  }

  #enqueue(item: T): void {
    const taker = this.#takers.shift();
    if (!taker) {
      this.#waiting.push(item);
      return;
    }
    this.#start(item);
    taker(item);
  }

  #start(item: T): void {
    this.#processing.add(item);
    this.#dirty.delete(item);
  }
}
