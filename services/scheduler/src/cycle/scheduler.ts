/**
 * The scheduling loop. A cycle (filter, score, choose, assume) is synchronous and one runs after the other; what follows (permit,
 * preBind, bind) runs in the background while the next cycles already count with its outcome.
 */
import type { Clock } from '@t8s/async';
import type { EventRecorder } from '@t8s/controller';
import { isStatus } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { Cache } from '../cache/cache.ts';
import type { FailureReport } from '../events/failure-report.ts';
import type { Framework, Verdict } from '../framework/framework.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import { PluginFault } from '../framework/plugin-fault.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { WaitingPods } from '../framework/waiting-pods.ts';
import type { QueuedPod, SchedulingQueue } from '../queue/scheduling-queue.ts';
import { FitError } from './fit-error.ts';
import type { Placement } from './placement.ts';
import type { Requests } from './requests.ts';
import type { SchedulerMetrics } from './scheduler-metrics.ts';

/** What pods of one schedulerName are placed by. */
export interface ProfileParts {
  framework: Framework;
  placement: Placement;
  recorder: EventRecorder;
  failures: FailureReport;
}

export interface SchedulerOptions {
  profileOf(info: PodInfo): ProfileParts;
  cache: Cache;
  queue: SchedulingQueue;
  metrics: SchedulerMetrics;
  requests: Requests;
  waiting: WaitingPods;
  clock: Clock;
  log: Logger;
}

/** A pod with its node, from the end of the cycle on. */
interface Placed {
  queued: QueuedPod;
  nodeName: string;
  parts: ProfileParts;
  waits: ReadonlyMap<string, number> | undefined;
  signal: AbortSignal;
}

/** How long cycles run before other work of the process (answers of the API, events) gets its turn. Milliseconds. */
const sliceLength = 8;

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #bindings = new Set<Promise<void>>();
  /** Ends what is done before a pod is bound, by pod uid. */
  readonly #preparing = new Map<string, AbortController>();
  #wake: (() => void) | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** There may be a pod to try. */
  wake(): void {
    this.#wake?.();
  }

  /** The pod is not to be bound any more: what was reserved for it is free at once. */
  giveUp(uid: string, reason: string): void {
    this.#options.waiting.get(uid)?.reject('', reason);
    this.#preparing.get(uid)?.abort(new Error(reason));
  }

  /** Schedules until the signal aborts, then lets the bindings under way end. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
    while (!signal.aborted) {
      if (this.#runSlice(signal)) await new Promise((resolve) => setImmediate(resolve));
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      this.#wake = undefined;
    }
    this.#options.waiting.rejectAll('the scheduler is shutting down');
    for (const preparing of this.#preparing.values()) preparing.abort(signal.reason);
    await Promise.all(this.#bindings);
  }

  /** Runs cycles for a slice of time. False when nothing can be tried until something wakes us. */
  #runSlice(signal: AbortSignal): boolean {
    const end = performance.now() + sliceLength;
    while (performance.now() < end) {
      if (this.#options.requests.isFull) return false;
      const queued = this.#options.queue.pop();
      if (!queued) return false;
      this.#cycle(queued, signal);
    }
    return true;
  }

  #cycle(queued: QueuedPod, signal: AbortSignal): void {
    const { profileOf, cache, metrics } = this.#options;
    const { info } = queued;
    const parts = profileOf(info);
    const { framework } = parts;
    const started = performance.now();
    try {
      const { name: nodeName } = this.#find(parts, info);
      cache.assume(info, nodeName);
      const permit = this.#reserve(framework, info, nodeName);
      this.#nominate(info, '', nodeName);
      const binding = this.#bind({ queued, nodeName, parts, waits: permit?.waits, signal }).finally(() => this.#bindings.delete(binding));
      this.#bindings.add(binding);
      metrics.attempt(framework.name, 'scheduled', performance.now() - started);
    } catch (error) {
      metrics.attempt(framework.name, error instanceof FitError ? 'unschedulable' : 'error', performance.now() - started);
      this.#fail(queued, error, parts);
    }
  }

  /** Throws FitError where no node takes the pod, after postFilter plugins had their chance to make room. */
  #find({ framework, placement }: ProfileParts, info: PodInfo): NodeInfo {
    const { metrics } = this.#options;
    const started = performance.now();
    try {
      return placement.find(info);
    } catch (error) {
      if (!(error instanceof FitError) || error.diagnosis.nodeCount === 0) throw error;
      const { nominate, message } = framework.postFilter(info, placement.failedSearch(info, error.diagnosis));
      if (nominate !== undefined) this.#nominate(info, nominate);
      throw message === undefined ? error : new FitError({ ...error.diagnosis, postFilter: message });
    } finally {
      metrics.searched(performance.now() - started);
    }
  }

  /** Keeps room on a node for the pod, or no more. What was kept elsewhere, unless it is `taken` now, is there for others. */
  #nominate(info: PodInfo, nodeName: string, taken = nodeName): void {
    const { cache, queue } = this.#options;
    const before = cache.nominationOf(info.uid);
    cache.nominate(info, nodeName);
    if (before !== undefined && before !== taken) queue.wake({ resource: 'AssignedPod', old: info });
  }

  /** Throws FitError where a plugin will not have it. */
  #reserve(framework: Framework, info: PodInfo, nodeName: string): { waits: ReadonlyMap<string, number> } | undefined {
    const { cache } = this.#options;
    const verdict = framework.reserve(info, nodeName);
    if (verdict) {
      cache.forget(info.uid);
      throw this.#rejection(verdict, nodeName);
    }
    const permit = framework.permit(info, nodeName);
    if (!permit || 'waits' in permit) return permit;
    framework.unreserve(info, nodeName);
    cache.forget(info.uid);
    throw this.#rejection(permit.verdict, nodeName);
  }

  /** As upstream words it: of one node, the one that was chosen. */
  #rejection(verdict: Verdict, nodeName: string): FitError {
    const node = this.#options.cache.node(nodeName);
    return new FitError({ nodeCount: 1, nodes: new Map(node && [[node, verdict]]), ...(!node && { pod: verdict }) });
  }

  async #bind(placed: Placed): Promise<void> {
    const { cache, queue, metrics, clock } = this.#options;
    const { queued, nodeName, parts, signal } = placed;
    const { framework, recorder } = parts;
    const { info } = queued;
    try {
      await this.#permitAndBind(placed);
      queue.delete(info.uid);
      metrics.bound(clock.now() - queued.since, queued.attempts);
      recorder.event(involved(info), 'Normal', 'Scheduled', `Successfully assigned ${info.key} to ${nodeName}`);
      framework.postBind(info, nodeName);
    } catch (error) {
      framework.unreserve(info, nodeName);
      cache.forget(info.uid);
      if (signal.aborted) return;
      this.#fail(queued, error, parts);
      // To the others this is as if a pod had left the node.
      queue.wake({ resource: 'AssignedPod', old: info });
    }
  }

  async #permitAndBind({ queued: { info }, nodeName, parts: { framework }, waits, signal }: Placed): Promise<void> {
    const rejected = waits && (await this.#timed(() => framework.waitOnPermit(info, nodeName, waits)));
    if (rejected) throw this.#rejection(rejected, nodeName);
    const preparing = new AbortController();
    this.#preparing.set(info.uid, preparing);
    const verdict = await framework.preBind(info, nodeName, preparing.signal).finally(() => this.#preparing.delete(info.uid));
    if (verdict) throw this.#rejection(verdict, nodeName);
    await this.#options.requests.send(() => framework.bind(info, nodeName, signal));
  }

  async #timed(wait: () => Promise<Verdict | undefined>): Promise<Verdict | undefined> {
    const started = this.#options.clock.now();
    const verdict = await wait();
    this.#options.metrics.waitedOnPermit(verdict ? 'Unschedulable' : 'Success', this.#options.clock.now() - started);
    return verdict;
  }

  /** Puts the pod back to where it waits for what may help it, and says why. */
  #fail(queued: QueuedPod, error: unknown, { failures }: ProfileParts): void {
    const { cache, queue, log } = this.#options;
    const { uid, key, pod } = queued.info;
    if (error instanceof FitError) {
      if (!queue.addUnschedulable(queued, error.plugins)) return;
      failures.report({ pod, reason: 'Unschedulable', message: error.message, nominated: cache.nominationOf(uid) ?? '' });
      log.debug({ pod: key, reason: error.message }, 'no node fits');
      return;
    }
    this.#nominate(queued.info, '');
    const cause = error instanceof PluginFault ? error.cause : error;
    // Deleted while it was placed; a node that went away makes a conflict instead.
    if (isStatus(cause, 'NotFound')) queue.delete(uid);
    if (!queue.addFailed(queued)) return;
    log.warn({ pod: key, err: error }, 'scheduling failed');
    // Another scheduler was faster: the pod's events will tell, and its condition is not ours to write.
    if (isStatus(cause, 'Conflict')) return;
    failures.report({ pod, reason: 'SchedulerError', message: (error as Error).message, nominated: '' });
  }
}

const involved = ({ pod }: PodInfo) => ({ apiVersion: 'v1', kind: 'Pod', metadata: pod.metadata });
