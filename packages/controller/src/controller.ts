/** A level-triggered controller: keys come from events, `reconcile` makes the world as the cache says it should be. */
import type { Clock } from '@t8s/async';
import type { Informer } from '@t8s/informer';
import { isStatus, type KubeObject } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import { WorkQueue } from '@t8s/workqueue';

/** Trying again would not help: the key waits for its next event. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** What is waited for before the first reconcile. */
interface Synced {
  synced: Promise<void>;
}

export interface ControllerOptions {
  name: string;
  informers: readonly Synced[];
  /**
   * Brings one key to its desired state, reading current state itself. Returns when to look again (milliseconds), if time
   * alone can change anything. What it throws is retried with back-off, a TerminalError is not. Never runs twice at once
   * for a key.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a reconcile without a result just returns
  reconcile(key: string, signal: AbortSignal): Promise<{ requeueAfter: number } | undefined | void>;
  workers?: number;
  /** The first and the longest delay before a retry, in milliseconds; those of the work queue by default. */
  baseDelay?: number;
  maxDelay?: number;
  log: Logger;
  clock?: Clock;
}

/** What came of one reconcile, for metrics. */
export interface Reconciled {
  seconds: number;
  failed: boolean;
}

export class Controller {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #queue: WorkQueue;
  #observer: (reconciled: Reconciled) => void = () => undefined;

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#queue = new WorkQueue(options);
  }

  /** How many keys wait. */
  get depth(): number {
    return this.#queue.length;
  }

  /** Tells `observer` (one, the last given) of every reconcile. */
  observe(observer: (reconciled: Reconciled) => void): void {
    this.#observer = observer;
  }

  enqueue(key: string): void {
    this.#queue.add(key);
  }

  /** Adds a key later; of several delays the earliest counts. Milliseconds. */
  enqueueAfter(key: string, ms: number): void {
    this.#queue.addAfter(key, ms);
  }

  /** Enqueues the keys that a change of `informer` concerns. `old` is there on updates only. */
  watch<T extends KubeObject>(informer: Informer<T>, keysOf: (object: T, old?: T) => readonly string[]): void {
    const enqueue = (keys: readonly string[]): void => keys.forEach((key) => void this.#queue.add(key));
    informer.addHandler({
      added: (object) => enqueue(keysOf(object)),
      updated: (object, old) => enqueue(keysOf(object, old)),
      deleted: (object) => enqueue(keysOf(object)),
    });
  }

  /** Works until the signal aborts; what is in work then is finished first. */
  async run(signal: AbortSignal): Promise<void> {
    const { informers, workers = 1 } = this.#options;
    signal.addEventListener('abort', () => this.#queue.close(), { once: true });
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([aborted, Promise.all(informers.map((informer) => informer.synced))]);
    if (signal.aborted) return;
    await Promise.all(Array.from({ length: workers }, () => this.#work(signal)));
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      const start = performance.now();
      const failed = await this.#process(key, signal);
      this.#queue.done(key);
      this.#observer({ seconds: (performance.now() - start) / 1000, failed });
    }
  }

  /** The one place that decides whether and when a key comes again. True when the reconcile failed. */
  async #process(key: string, signal: AbortSignal): Promise<boolean> {
    const { name, log, reconcile } = this.#options;
    try {
      const result = await reconcile(key, signal);
      this.#queue.forget(key);
      if (result) this.#queue.addAfter(key, Math.max(1, result.requeueAfter));
      return false;
    } catch (error) {
      if (signal.aborted) return true;
      if (error instanceof TerminalError) {
        log.error({ controller: name, key, err: error }, 'reconcile failed for good');
        this.#queue.forget(key);
        return true;
      }
      // A lost race is daily business: somebody else wrote first.
      if (isStatus(error, 'Conflict')) log.debug({ controller: name, key }, 'lost a race, trying again');
      else log.warn({ controller: name, key, failures: this.#queue.failures(key) + 1, err: error }, 'reconcile failed, trying again');
      this.#queue.addRateLimited(key);
      return true;
    }
  }
}
