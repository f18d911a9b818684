/** Metrics under upstream's names. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Cache } from '../cache/cache.ts';
import type { Point } from '../framework/profile.ts';
import type { Place, SchedulingQueue } from '../queue/scheduling-queue.ts';

type Attempt = 'scheduled' | 'unschedulable' | 'error';

export class SchedulerMetrics {
  readonly registry = new Registry();
  readonly #attempts = new Counter({
    name: 'scheduler_schedule_attempts_total',
    help: 'Number of attempts to schedule pods, by the result. unschedulable: no node fits; error: an internal problem.',
    labelNames: ['result', 'profile'],
    registers: [this.registry],
  });
  readonly #attemptDuration = this.#histogram({
    name: 'scheduler_scheduling_attempt_duration_seconds',
    help: 'Scheduling attempt latency in seconds',
    labelNames: ['result', 'profile'],
    buckets: exponentialBuckets(0.001, 2, 15),
  });
  readonly #searches = this.#histogram({
    name: 'scheduler_scheduling_algorithm_duration_seconds',
    help: 'Scheduling algorithm latency in seconds',
    buckets: exponentialBuckets(0.00001, 2, 18),
  });
  readonly #waits = this.#histogram({
    name: 'scheduler_pod_scheduling_sli_duration_seconds',
    help: 'Latency of a pod being scheduled, from the time it enters the scheduling queue, in seconds',
    labelNames: ['attempts'],
    buckets: exponentialBuckets(0.01, 2, 20),
  });
  readonly #attemptsNeeded = this.#histogram({
    name: 'scheduler_pod_scheduling_attempts',
    help: 'Number of attempts to successfully schedule a pod',
    buckets: [1, 2, 4, 8, 16],
  });
  readonly #points = this.#histogram({
    name: 'scheduler_framework_extension_point_duration_seconds',
    help: 'Latency of all plugins of an extension point',
    labelNames: ['extension_point', 'status', 'profile'],
    buckets: exponentialBuckets(0.0001, 2, 12),
  });
  readonly #permitWaits = this.#histogram({
    name: 'scheduler_permit_wait_duration_seconds',
    help: 'How long a pod waited on permit',
    labelNames: ['result'],
    buckets: exponentialBuckets(0.001, 2, 15),
  });
  readonly #incoming = new Counter({
    name: 'scheduler_queue_incoming_pods_total',
    help: 'Number of pods added to scheduling queues by event and queue type',
    labelNames: ['queue', 'event'],
    registers: [this.registry],
  });
  readonly #preemptions = new Counter({
    name: 'scheduler_preemption_attempts_total',
    help: 'Total preemption attempts in the cluster till now',
    registers: [this.registry],
  });
  readonly #victims = this.#histogram({
    name: 'scheduler_preemption_victims',
    help: 'Number of selected preemption victims',
    buckets: exponentialBuckets(1, 2, 7),
  });

  /** `ms`: from taking the pod off the queue to the decision. */
  attempt(profile: string, result: Attempt, ms: number): void {
    this.#attempts.inc({ result, profile });
    this.#attemptDuration.observe({ result, profile }, ms / 1000);
  }

  searched(ms: number): void {
    this.#searches.observe(ms / 1000);
  }

  /** `ms`: from the pod's coming to the queue to its binding. */
  bound(ms: number, attempts: number): void {
    this.#waits.observe({ attempts: attempts > 15 ? '16+' : String(attempts) }, ms / 1000);
    this.#attemptsNeeded.observe(attempts);
  }

  /** Takes the durations of a profile's extension points, in milliseconds. */
  ofProfile(profile: string): (point: Point, status: string, ms: number) => void {
    return (point, status, ms) => {
      const extensionPoint = point.charAt(0).toUpperCase() + point.slice(1);
      this.#points.observe({ extension_point: extensionPoint, status, profile }, ms / 1000);
    };
  }

  waitedOnPermit(result: string, ms: number): void {
    this.#permitWaits.observe({ result }, ms / 1000);
  }

  incoming(queue: Place, event: string): void {
    this.#incoming.inc({ queue, event });
  }

  preempted(victims: number): void {
    this.#preemptions.inc();
    if (victims > 0) this.#victims.observe(victims);
  }

  /** Counts what waits and what is known when asked, not as it comes and goes. */
  watch(queue: SchedulingQueue, cache: Cache): void {
    this.#gauge('scheduler_pending_pods', 'Number of pending pods, by the queue they are in', ['queue'], (gauge) => {
      const { inFlight: _, ...counts } = queue.counts();
      for (const [place, count] of Object.entries(counts)) gauge.set({ queue: place }, count);
    });
    this.#gauge('scheduler_unschedulable_pods', 'Number of unschedulable pods by plugin name', ['plugin', 'profile'], (gauge) => {
      gauge.reset();
      for (const { plugin, infos } of queue.held())
        for (const { pod } of infos) if (plugin !== '') gauge.inc({ plugin, profile: pod.spec.schedulerName ?? '' });
    });
    this.#gauge('scheduler_cache_size', 'Number of nodes, pods, and assumed (bound) pods in the scheduler cache', ['type'], (gauge) => {
      gauge.set({ type: 'nodes' }, cache.nodeCount);
      gauge.set({ type: 'pods' }, cache.podCount);
      gauge.set({ type: 'assumed_pods' }, cache.assumedCount());
    });
    this.#gauge('scheduler_inflight_events', 'Number of events kept for pods that are being scheduled', ['event'], (gauge) => {
      gauge.reset();
      for (const [event, count] of queue.inFlightEvents()) gauge.set({ event }, count);
    });
  }

  #histogram<L extends string = never>(options: { name: string; help: string; labelNames?: L[]; buckets: number[] }): Histogram<L> {
    return new Histogram({ ...options, registers: [this.registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: L[], collect: (gauge: Gauge<L>) => void): void {
    const gauge: Gauge<L> = new Gauge<L>({ name, help, labelNames, registers: [this.registry], collect: () => collect(gauge) });
  }
}

function exponentialBuckets(start: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start * factor ** i);
}
