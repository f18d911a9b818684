import { type Clock, systemClock } from '@t8s/async';

export interface TokenBucketOptions {
  /** Tokens a second. */
  rate: number;
  /** The most tokens at once; the bucket starts full. */
  burst: number;
  clock?: Clock;
}

export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  readonly #clock: Clock;
  #tokens: number;
  #filled: number;

  constructor({ rate, burst, clock = systemClock }: TokenBucketOptions) {
    this.#rate = rate;
    this.#burst = burst;
    this.#clock = clock;
    this.#tokens = burst;
    this.#filled = clock.now();
  }

  /** Takes a token if there is one now. */
  tryTake(): boolean {
    this.#fill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes a token in any case; the milliseconds until it is really there. */
  reserve(): number {
    this.#fill();
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#rate) * 1000;
  }

  /** Milliseconds until `tryTake` has one; Infinity at a rate of 0. */
  get wait(): number {
    this.#fill();
    // Rounded up: a timer must not fire a moment before.
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#rate) * 1000);
  }

  #fill(): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filled) / 1000) * this.#rate);
    this.#filled = now;
  }
}
