/** What others use while it is replaced: a certificate with its key, whom to trust. */
export class Held<T> {
  #current: T;
  readonly #listeners: ((now: T) => void)[] = [];

  constructor(current: T) {
    this.#current = current;
  }

  get current(): T {
    return this.#current;
  }

  set(now: T): void {
    this.#current = now;
    for (const listener of this.#listeners) listener(now);
  }

  onChange(listener: (now: T) => void): void {
    this.#listeners.push(listener);
  }
}
