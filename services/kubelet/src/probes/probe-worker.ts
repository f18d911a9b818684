import type { Probe } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { ProbeResult } from './probe-result.ts';

export interface ProbeWorkerOptions {
  probe: Probe;
  /** When the container started, epoch ms. */
  startedAt: number;
  /** What holds before the first verdict. */
  initially: boolean;
  run(): Promise<ProbeResult>;
  /** The verdict after enough results of one kind; called at each change, and at each further failure past the threshold. */
  verdict(ok: boolean): void;
  /** Called for every failed try. */
  failedTry(result: ProbeResult): void;
  clock: Clock;
}

/** One probe of one container: a timer, thresholds, a verdict. */
export class ProbeWorker {
  readonly #options: ProbeWorkerOptions;
  #ok: boolean;
  #run = { ok: true, length: 0 };
  #cancel: () => void;
  #stopped = false;

  constructor(options: ProbeWorkerOptions) {
    this.#options = options;
    this.#ok = options.initially;
    const { clock, startedAt, probe } = options;
    const first = startedAt + (probe.initialDelaySeconds ?? 0) * 1000 - clock.now();
    this.#cancel = clock.after(Math.max(0, first), () => void this.#try());
  }

  get ok(): boolean {
    return this.#ok;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #try(): Promise<void> {
    const { probe, run, verdict, failedTry, clock } = this.#options;
    const began = clock.now();
    const result = await run();
    if (this.#stopped) return;
    if (!result.ok) failedTry(result);
    this.#run = { ok: result.ok, length: this.#run.ok === result.ok ? this.#run.length + 1 : 1 };
    const threshold = result.ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (this.#run.length >= threshold && (result.ok !== this.#ok || !result.ok)) {
      this.#ok = result.ok;
      verdict(result.ok);
    }
    if (this.#stopped) return;
    const period = (probe.periodSeconds ?? 10) * 1000;
    this.#cancel = clock.after(Math.max(0, began + period - clock.now()), () => void this.#try());
  }
}
