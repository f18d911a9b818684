import type { KeyPair } from '@t8s/auth';

/** A certificate with its key, or whatever else it is, that others use while it is replaced; none before there is a first. */
export class HeldCertificate<T = KeyPair> {
  #current: T | undefined;
  readonly #listeners: ((now: T) => void)[] = [];

  constructor(current?: T) {
    this.#current = current;
  }

  get current(): T | undefined {
    return this.#current;
  }

  set(now: T): void {
    this.#current = now;
    for (const listener of this.#listeners) listener(now);
  }

  onRenewed(listener: (now: T) => void): void {
    this.#listeners.push(listener);
  }
}
