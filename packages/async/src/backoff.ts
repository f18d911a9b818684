/** Exponential delays with jitter: `base · factorⁿ`, at most `cap`, each up to `jitter` (a fraction) longer. Milliseconds. */
export interface BackoffOptions {
  base: number;
  cap: number;
  factor?: number;
  jitter?: number;
  random?: () => number;
}

export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = { factor: 2, jitter: 0, random: Math.random, ...options };
  }

  /** The delay before the next try; grows with each call. */
  next(): number {
    const { base, cap, factor, jitter, random } = this.#options;
    const delay = Math.min(cap, base * factor ** this.#failures);
    this.#failures += 1;
    return delay * (1 + jitter * random());
  }

  reset(): void {
    this.#failures = 0;
  }
}
