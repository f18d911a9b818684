/**
 * One read for all who ask while it waits its turn: the answer is never older than the asking. A read under way doesn't
 * count for newcomers; they share the next one.
 */
export class SharedRead<T> {
  readonly #load: () => Promise<T>;
  #running: Promise<unknown> | undefined;
  #next: Promise<T> | undefined;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  read(): Promise<T> {
    if (this.#next) return this.#next;
    if (!this.#running) return this.#start();
    const next = this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    this.#next = next;
    return next;
  }

  #start(): Promise<T> {
    this.#next = undefined;
    const running = this.#load();
    const done = (): void => {
      if (this.#running === running) this.#running = undefined;
    };
    this.#running = running;
    running.then(done, done);
    return running;
  }
}
