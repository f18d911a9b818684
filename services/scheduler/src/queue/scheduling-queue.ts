/**
 * Pods that wait for a node, each in one of these places:
 * - active: to be tried next, in the order of the profiles' queue sort;
 * - backing off: failed lately and may be tried when its time has come, or earlier when nothing else is to do;
 * - unschedulable: rejected until an event that a plugin which rejected it hopes for, or five minutes have passed;
 * - gated: a preEnqueue plugin keeps it out;
 * - in flight: being tried, or on the way to its node.
 *
 * Promised: a pod added is tried until it is bound, deleted or gated; it misses no event that helps it, not even one that comes
 * while it is in flight; one that fails again and again does not starve the others.
 */
import { type Clock, Heap } from '@t8s/async';
import { type ClusterEvent, eventName } from '../framework/cluster-event.ts';
import type { Verdict } from '../framework/framework.ts';
import type { QueueOrder } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { EventLog } from './event-log.ts';
import { type Ticket, take } from './ticket.ts';

export interface QueuedPod extends QueueOrder {
  info: PodInfo;
  /** When it last came to the queue, in milliseconds. */
  timestamp: number;
  /** When it could first be tried. */
  since: number;
  attempts: number;
}

export type Place = 'active' | 'backoff' | 'unschedulable' | 'gated' | 'inFlight';

export interface Entry extends QueuedPod {
  place: Place;
  /** How often it was rejected, and how often trying failed outright since then: what its back-off grows with. */
  rejections: number;
  faults: number;
  /** The plugins that rejected it or keep it out. */
  plugins: ReadonlySet<string>;
  /** Where the entry stands in a heap; tickets that it has left behind are skipped when they come up. */
  ticket?: Ticket<Entry>;
}

export interface SchedulingQueueOptions {
  clock: Clock;
  less(a: QueueOrder, b: QueueOrder): boolean;
  /** Why the pod must stay out of the queue, if it must. */
  gate(info: PodInfo): Verdict | undefined;
  /** Whether an event may turn this plugin's rejection into consent. */
  isHelped(info: PodInfo, plugin: string, event: ClusterEvent): boolean;
  /** Called whenever a pod may be popped after none could be. */
  onReady(): void;
  /** Told of each pod that comes to a place, and by which event. */
  onIncoming?(place: Place, event: string): void;
  /** In milliseconds: the first back-off and the longest. */
  initialBackoff?: number;
  maxBackoff?: number;
}

/** How long a pod stays unschedulable if no event wakes it: a safety net. */
const maxUnschedulable = 300_000;
/** Stands for the plugins of a pod that was rejected by none: every event may help it. */
const anyPlugin = '';

export class SchedulingQueue {
  readonly #options: SchedulingQueueOptions & { initialBackoff: number; maxBackoff: number };
  readonly #pods = new Map<string, Entry>();
  readonly #active: Heap<Ticket<Entry>>;
  /** Backing off because no node took them, and because trying failed outright. */
  readonly #rejected = new Heap<Ticket<Entry>>((a, b) => a.readyAt < b.readyAt);
  readonly #failed = new Heap<Ticket<Entry>>((a, b) => a.readyAt < b.readyAt);
  /** In the order of their timestamps: each pod that comes is the latest. */
  readonly #unschedulable = new Set<Entry>();
  /** Unschedulable and gated pods by the plugins that hold them, so that an event costs nothing where no such plugin waits for it. */
  readonly #heldBy = new Map<string, Set<Entry>>();
  readonly #events = new EventLog();
  #timer: { at: number; cancel: () => void } | undefined;

  constructor(options: SchedulingQueueOptions) {
    this.#options = { initialBackoff: 1000, maxBackoff: 10_000, ...options };
    this.#active = new Heap((a, b) => options.less(a, b));
  }

  /** How many pods wait in each place. */
  counts(): Record<Place, number> {
    const counts = { active: 0, backoff: 0, unschedulable: 0, gated: 0, inFlight: 0 };
    for (const { place } of this.#pods.values()) counts[place] += 1;
    return counts;
  }

  /** How many pods each plugin holds. */
  *held(): Iterable<{ plugin: string; infos: PodInfo[] }> {
    for (const [plugin, entries] of this.#heldBy) yield { plugin, infos: [...entries].map(({ info }) => info) };
  }

  /** How many events of each name are kept for pods in flight. */
  inFlightEvents(): ReadonlyMap<string, number> {
    return this.#events.counts();
  }

  /** A pod without a node, new or changed. One that is being tried keeps its place in the cycle. */
  set(info: PodInfo): void {
    const now = this.#options.clock.now();
    const known = this.#pods.get(info.uid);
    if (!known) {
      const never = { attempts: 0, rejections: 0, faults: 0 };
      const entry: Entry = { info, timestamp: now, since: now, ...never, place: 'gated', plugins: new Set() };
      this.#pods.set(info.uid, entry);
      this.#activate(entry, 'UnschedulablePodAdd');
      return;
    }
    const old = known.info;
    known.info = info;
    const event: ClusterEvent = { resource: 'UnschedulablePod', now: info, old };
    if (known.place === 'gated') this.#release(known, eventName(event));
    else if (known.place === 'unschedulable' && this.#mayHelp(known, event)) this.#release(known, eventName(event));
    else if (known.place === 'inFlight') this.#events.add(event);
    else if (known.place === 'active' && old.priority !== info.priority) this.#activate(known, eventName(event));
  }

  has(uid: string): boolean {
    return this.#pods.has(uid);
  }

  /** Deleted, bound, or somebody else's. */
  delete(uid: string): void {
    const entry = this.#pods.get(uid);
    if (!entry) return;
    this.#events.end(uid);
    this.#pods.delete(uid);
    this.#letGo(entry);
    delete entry.ticket;
  }

  /** The next pod to try; undefined when none can be tried now. It leaves the queue with `delete` or one of the two below. */
  pop(): QueuedPod | undefined {
    // With nothing else to do, a pod need not wait its back-off out (KEP-5142), unless trying it failed outright.
    let entry = take(this.#active);
    if (!entry) {
      entry = take(this.#rejected);
      if (!entry) return undefined;
      this.#options.onIncoming?.('active', 'PopFromBackoffQ');
    }
    entry.place = 'inFlight';
    entry.attempts += 1;
    this.#events.begin(entry.info.uid);
    return entry;
  }

  /** These plugins reject the pod (none: there is no node at all). False if it has left the queue meanwhile. */
  addUnschedulable({ info: { uid } }: QueuedPod, plugins: ReadonlySet<string>): boolean {
    const entry = this.#pods.get(uid);
    if (entry?.place !== 'inFlight') return false;
    const { clock, onIncoming } = this.#options;
    entry.timestamp = clock.now();
    entry.rejections += 1;
    entry.faults = 0;
    entry.plugins = plugins.size > 0 ? plugins : new Set([anyPlugin]);
    const missed = this.#events.end(uid);
    if (missed.some((event) => this.#mayHelp(entry, event))) {
      this.#backOff(entry, { heap: this.#rejected, event: 'ScheduleAttemptFailure' });
      return true;
    }
    entry.place = 'unschedulable';
    this.#hold(entry);
    this.#unschedulable.add(entry);
    this.#arm(entry.timestamp + maxUnschedulable);
    onIncoming?.('unschedulable', 'ScheduleAttemptFailure');
    return true;
  }

  /** Trying failed for a reason that lies outside the cluster's state: tried again after a back-off. */
  addFailed({ info: { uid } }: QueuedPod): boolean {
    const entry = this.#pods.get(uid);
    if (entry?.place !== 'inFlight') return false;
    this.#events.end(uid);
    entry.timestamp = this.#options.clock.now();
    entry.faults += 1;
    this.#backOff(entry, { heap: this.#failed, event: 'ScheduleAttemptFailure' });
    return true;
  }

  /** Something happened: pods that it may help are tried again. */
  wake(event: ClusterEvent): void {
    this.#events.add(event);
    const { isHelped } = this.#options;
    const helped = new Set<Entry>();
    for (const [plugin, entries] of this.#heldBy) {
      for (const entry of entries)
        if (!helped.has(entry) && (plugin === anyPlugin || isHelped(entry.info, plugin, event))) helped.add(entry);
    }
    for (const entry of helped) this.#release(entry, eventName(event));
  }

  /** Tries a pod again that is held, whatever holds it: what a plugin of its own waited for is over. */
  activate(uid: string): void {
    const entry = this.#pods.get(uid);
    if (entry?.place === 'gated' || entry?.place === 'unschedulable') this.#release(entry, 'ForceActivate');
  }

  /** What gated the pod is over, so far as its plugins agree. */
  ungate(uid: string): void {
    const entry = this.#pods.get(uid);
    if (entry?.place === 'gated') this.#release(entry, 'ForceActivate');
  }

  /** Fires no more timers. */
  close(): void {
    this.#timer?.cancel();
  }

  #mayHelp({ info, plugins }: Entry, event: ClusterEvent): boolean {
    for (const plugin of plugins) if (plugin === anyPlugin || this.#options.isHelped(info, plugin, event)) return true;
    return false;
  }

  #hold(entry: Entry): void {
    for (const plugin of entry.plugins) {
      const entries = this.#heldBy.get(plugin) ?? new Set();
      entries.add(entry);
      this.#heldBy.set(plugin, entries);
    }
  }

  #letGo(entry: Entry): void {
    this.#unschedulable.delete(entry);
    for (const plugin of entry.plugins) {
      const entries = this.#heldBy.get(plugin);
      entries?.delete(entry);
      if (entries?.size === 0) this.#heldBy.delete(plugin);
    }
  }

  #release(entry: Entry, event: string): void {
    this.#letGo(entry);
    this.#backOff(entry, { heap: this.#rejected, event });
  }

  #activate(entry: Entry, event: string): void {
    const { gate, onReady, onIncoming } = this.#options;
    const verdict = gate(entry.info);
    if (entry.place === 'gated' && entry.attempts === 0) entry.since = this.#options.clock.now();
    entry.place = verdict ? 'gated' : 'active';
    onIncoming?.(entry.place, event);
    if (verdict) {
      entry.plugins = new Set([verdict.plugin]);
      this.#hold(entry);
      return;
    }
    this.#active.push(ticketFor(entry, 0));
    onReady();
  }

  /** To the active queue, by way of the back-off its failures have earned. */
  #backOff(entry: Entry, { heap, event }: { heap: Heap<Ticket<Entry>>; event: string }): void {
    const { clock, initialBackoff, maxBackoff, gate, onReady, onIncoming } = this.#options;
    const count = entry.faults > 0 ? entry.faults : entry.rejections;
    const readyAt = entry.timestamp + Math.min(maxBackoff, initialBackoff * 2 ** Math.max(0, count - 1));
    if (count === 0 || readyAt <= clock.now() || gate(entry.info)) {
      this.#activate(entry, event);
      return;
    }
    entry.place = 'backoff';
    onIncoming?.('backoff', event);
    heap.push(ticketFor(entry, readyAt));
    this.#arm(readyAt);
    if (heap === this.#rejected) onReady();
  }

  #arm(at: number): void {
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = { at, cancel: this.#options.clock.after(at - this.#options.clock.now(), () => this.#fire()) };
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#options.clock.now();
    for (const heap of [this.#rejected, this.#failed]) {
      for (let entry = take(heap, now); entry; entry = take(heap, now)) this.#activate(entry, 'BackoffComplete');
      const next = heap.peek();
      if (next) this.#arm(next.readyAt);
    }
    for (const entry of this.#unschedulable) {
      const end = entry.timestamp + maxUnschedulable;
      if (end > now) {
        this.#arm(end);
        break;
      }
      this.#release(entry, 'UnschedulableTimeout');
    }
  }
}

function ticketFor(entry: Entry, readyAt: number): Ticket<Entry> {
  entry.ticket = { entry, info: entry.info, timestamp: entry.timestamp, readyAt };
  return entry.ticket;
}
