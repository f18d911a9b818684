import type { KeyPair } from '@t8s/auth';

/** A certificate that others use while it is replaced; none before there is a first. */
export class HeldCertificate {
  #current: KeyPair | undefined;
  readonly #listeners: ((pair: KeyPair) => void)[] = [];

  constructor(current?: KeyPair) {
    this.#current = current;
  }

  get current(): KeyPair | undefined {
    return this.#current;
  }

  set(pair: KeyPair): void {
    this.#current = pair;
    for (const listener of this.#listeners) listener(pair);
  }

  onRenewed(listener: (pair: KeyPair) => void): void {
    this.#listeners.push(listener);
  }
}
