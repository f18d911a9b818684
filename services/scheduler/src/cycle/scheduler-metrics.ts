/** Metrics under upstream's names. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SchedulingQueue } from '../queue/scheduling-queue.ts';

export class SchedulerMetrics {
  readonly registry = new Registry();
  readonly #attempts = new Counter({
    name: 'scheduler_schedule_attempts_total',
    help: 'Number of attempts to schedule pods, by the result. unschedulable: no node fits; error: an internal problem.',
    labelNames: ['result', 'profile'],
    registers: [this.registry],
  });
  readonly #cycles = new Histogram({
    name: 'scheduler_scheduling_algorithm_duration_seconds',
    help: 'Scheduling algorithm latency in seconds',
    buckets: exponentialBuckets(0.00001, 2, 18),
    registers: [this.registry],
  });
  readonly #waits = new Histogram({
    name: 'scheduler_pod_scheduling_sli_duration_seconds',
    help: 'Latency of a pod being scheduled, from the time it enters the scheduling queue, in seconds',
    labelNames: ['attempts'],
    buckets: exponentialBuckets(0.01, 2, 20),
    registers: [this.registry],
  });
  readonly #profile: string;

  constructor(profile: string) {
    this.#profile = profile;
  }

  /** `ms`: from taking the pod off the queue to the decision. */
  cycle(result: 'scheduled' | 'unschedulable' | 'error', ms: number): void {
    this.#attempts.inc({ result, profile: this.#profile });
    this.#cycles.observe(ms / 1000);
  }

  /** `ms`: from the pod's coming to the queue to its binding. */
  bound(ms: number, attempts: number): void {
    this.#waits.observe({ attempts: attempts > 15 ? '16+' : String(attempts) }, ms / 1000);
  }

  /** Counts waiting pods when asked, not as they come and go. */
  watchQueue(queue: SchedulingQueue): void {
    new Gauge({
      name: 'scheduler_pending_pods',
      help: 'Number of pending pods, by the queue they are in',
      labelNames: ['queue'],
      registers: [this.registry],
      collect() {
        for (const [place, count] of Object.entries(queue.counts())) this.set({ queue: place }, count);
      },
    });
  }
}

function exponentialBuckets(start: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start * factor ** i);
}
