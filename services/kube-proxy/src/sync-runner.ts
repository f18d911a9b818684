/** Decides when a sync runs: at once after quiet times, at most so often in busy ones, again after failures. */
import { Backoff, type Clock, systemClock } from '@t8s/async';

export interface SyncRunnerOptions {
  sync: () => Promise<void>;
  /** Milliseconds between syncs once `burst` is used up. */
  minInterval: number;
  /** Syncs that need not wait, after a quiet time. */
  burst?: number;
  onError: (error: Error) => void;
  clock?: Clock;
}

/**
 * Promises: after each request a sync starts that sees everything from before the request; never two side by side;
 * any number of requests during a wait are one sync; a failed sync is tried again (1 s, 2 s … 30 s) without a request.
 */
export class SyncRunner {
  readonly #options: Required<SyncRunnerOptions>;
  readonly #backoff = new Backoff({ base: 1000, cap: 30_000 });
  #tokens: number;
  #refilledAt: number;
  #wanted = false;
  #running = false;
  #lastRun = Promise.resolve();
  #wantedSince: number | undefined;
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  constructor(options: SyncRunnerOptions) {
    this.#options = { burst: 2, clock: systemClock, ...options };
    this.#tokens = this.#options.burst;
    this.#refilledAt = this.#options.clock.now();
  }

  /** Asks for a sync. */
  request(): void {
    this.#wantedSince ??= this.#options.clock.now();
    this.#wanted = true;
    this.#schedule();
  }

  /** How long the oldest request has been waiting for a sync that succeeds, in milliseconds; 0 where none waits. */
  get overdue(): number {
    return this.#wantedSince === undefined ? 0 : this.#options.clock.now() - this.#wantedSince;
  }

  /** Ends: none starts. Resolves when a sync under way has completed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    await this.#lastRun;
  }

  #schedule(): void {
    if (this.#running || this.#stopped || this.#cancelTimer || !this.#wanted) return;
    const { clock, minInterval, burst } = this.#options;
    const now = clock.now();
    this.#tokens = minInterval === 0 ? burst : Math.min(burst, this.#tokens + (now - this.#refilledAt) / minInterval);
    this.#refilledAt = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      this.#lastRun = this.#run();
    } else {
      this.#wait((1 - this.#tokens) * minInterval);
    }
  }

  #wait(ms: number): void {
    this.#cancelTimer = this.#options.clock.after(Math.ceil(ms), () => {
      this.#cancelTimer = undefined;
      this.#schedule();
    });
  }

  async #run(): Promise<void> {
    const since = this.#wantedSince;
    this.#running = true;
    this.#wanted = false;
    this.#wantedSince = undefined;
    let retryIn: number | undefined;
    try {
      await this.#options.sync();
      this.#backoff.reset();
    } catch (error) {
      this.#options.onError(error as Error);
      this.#wanted = true;
      this.#wantedSince = since;
      retryIn = this.#backoff.next();
    }
    this.#running = false;
    if (retryIn !== undefined && !this.#stopped) this.#wait(retryIn);
    else this.#schedule();
  }
}
