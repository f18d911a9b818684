import { type Clock, Heap, systemClock } from '@t8s/async';
import type { DelayingQueue, Queue } from './queue.ts';

interface Entry<T> {
  item: T;
  at: number;
}

/** The second layer: items for later, in one heap with one timer, above any queue. */
export class DelayQueue<T> implements DelayingQueue<T> {
  readonly #queue: Queue<T>;
  readonly #clock: Clock;
  /** May hold entries that an earlier one for the same item has overtaken; #due says which one counts. */
  readonly #heap = new Heap<Entry<T>>((a, b) => a.at < b.at);
  readonly #due = new Map<T, Entry<T>>();
  #timer: { at: number; cancel: () => void } | undefined;
  #closed = false;

  constructor(queue: Queue<T>, clock: Clock = systemClock) {
    this.#queue = queue;
    this.#clock = clock;
  }

  get length(): number {
    return this.#queue.length;
  }

  add(item: T): void {
    this.#queue.add(item);
  }

  take(): Promise<T | undefined> {
    return this.#queue.take();
  }

  done(item: T): void {
    this.#queue.done(item);
  }

  addAfter(item: T, ms: number): void {
    if (this.#closed) return;
    if (ms <= 0) {
      this.#queue.add(item);
      return;
    }
    const entry = { item, at: this.#clock.now() + ms };
    const known = this.#due.get(item);
    if (known && known.at <= entry.at) return;
    this.#due.set(item, entry);
    this.#heap.push(entry);
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#due.clear();
    this.#queue.close();
  }

  #arm(): void {
    const next = this.#next();
    if (!next || (this.#timer && this.#timer.at <= next.at)) return;
    this.#timer?.cancel();
    this.#timer = { at: next.at, cancel: this.#clock.after(next.at - this.#clock.now(), () => this.#fire()) };
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let entry = this.#next(); entry && entry.at <= now; entry = this.#next()) {
      this.#heap.pop();
      this.#due.delete(entry.item);
      this.#queue.add(entry.item);
    }
    this.#arm();
  }

  /** The earliest entry that counts; overtaken ones before it are dropped. */
  #next(): Entry<T> | undefined {
    for (let entry = this.#heap.peek(); entry; entry = this.#heap.peek()) {
      if (this.#due.get(entry.item) === entry) return entry;
      this.#heap.pop();
    }
    return undefined;
  }
}
