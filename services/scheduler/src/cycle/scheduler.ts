/**
 * The scheduling loop. A cycle (filter, score, choose, assume) is synchronous and one runs after the other; binding goes to the
 * API in the background while the next cycles already count with its outcome.
 */
import type { Clock } from '@t8s/async';
import type { EventRecorder } from '@t8s/controller';
import { isStatus } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { Cache } from '../cache/cache.ts';
import type { FailureReport } from '../events/failure-report.ts';
import type { Framework } from '../framework/framework.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { QueuedPod, SchedulingQueue } from '../queue/scheduling-queue.ts';
import { FitError } from './fit-error.ts';
import type { Placement } from './placement.ts';
import type { SchedulerMetrics } from './scheduler-metrics.ts';

export interface SchedulerOptions {
  framework: Framework;
  cache: Cache;
  queue: SchedulingQueue;
  placement: Placement;
  recorder: EventRecorder;
  failures: FailureReport;
  metrics: SchedulerMetrics;
  clock: Clock;
  log: Logger;
}

/** How long cycles run before other work of the process (answers of the API, events) gets its turn. Milliseconds. */
const sliceLength = 8;
/** Bindings under way at once; more would only queue in the apiserver. */
const maxBindings = 64;

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #bindings = new Set<Promise<void>>();
  #wake: (() => void) | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** There may be a pod to try. */
  wake(): void {
    this.#wake?.();
  }

  /** Schedules until the signal aborts, then lets the bindings under way end. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
    while (!signal.aborted) {
      const isMoreToDo = this.#runSlice(signal);
      if (this.#bindings.size >= maxBindings) await Promise.race(this.#bindings);
      else if (isMoreToDo) await new Promise((resolve) => setImmediate(resolve));
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      this.#wake = undefined;
    }
    await Promise.all(this.#bindings);
  }

  /** Runs cycles for a slice of time. False when nothing is left to try. */
  #runSlice(signal: AbortSignal): boolean {
    const end = performance.now() + sliceLength;
    while (performance.now() < end && this.#bindings.size < maxBindings) {
      const queued = this.#options.queue.pop();
      if (!queued) return false;
      this.#cycle(queued, signal);
    }
    return true;
  }

  #cycle(queued: QueuedPod, signal: AbortSignal): void {
    const { cache, framework, placement, queue, metrics } = this.#options;
    const { info } = queued;
    if (info.pod.metadata.deletionTimestamp) {
      queue.delete(info.uid);
      return;
    }
    const started = performance.now();
    try {
      const node = placement.find(info);
      cache.assume(info, node.name);
      const verdict = framework.reserve(info, node.name);
      if (verdict) {
        cache.forget(info.uid);
        throw new FitError(info, { nodeCount: cache.nodeCount, nodes: new Map([[node, verdict]]) });
      }
      const binding = this.#bind(queued, node.name, signal).finally(() => this.#bindings.delete(binding));
      this.#bindings.add(binding);
      metrics.cycle('scheduled', performance.now() - started);
    } catch (error) {
      metrics.cycle(error instanceof FitError ? 'unschedulable' : 'error', performance.now() - started);
      this.#fail(queued, error);
    }
  }

  async #bind(queued: QueuedPod, nodeName: string, signal: AbortSignal): Promise<void> {
    const { cache, framework, queue, recorder, metrics, clock } = this.#options;
    const { info } = queued;
    try {
      await framework.bind(info, nodeName, signal);
      queue.delete(info.uid);
      metrics.bound(clock.now() - queued.since, queued.attempts);
      recorder.event(involved(info), 'Normal', 'Scheduled', `Successfully assigned ${info.key} to ${nodeName}`);
    } catch (error) {
      framework.unreserve(info, nodeName);
      cache.forget(info.uid);
      this.#fail(queued, error);
    }
  }

  /** Puts the pod back to where it waits for what may help it, and says why. */
  #fail(queued: QueuedPod, error: unknown): void {
    const { queue, failures, log } = this.#options;
    const { info } = queued;
    if (error instanceof FitError) {
      if (!queue.addUnschedulable(queued)) return;
      failures.report(info.pod, 'Unschedulable', error.message);
      log.debug({ pod: info.key, reason: error.message }, 'no node fits');
      return;
    }
    if (isStatus(error, 'NotFound')) {
      // Deleted while it was placed; a node that went away makes a conflict instead.
      queue.delete(info.uid);
      return;
    }
    if (!queue.addFailed(queued)) return;
    failures.report(info.pod, 'SchedulerError', (error as Error).message);
    log.warn({ pod: info.key, err: error }, 'scheduling failed');
  }
}

const involved = ({ pod }: PodInfo) => ({ apiVersion: 'v1', kind: 'Pod', metadata: pod.metadata });
