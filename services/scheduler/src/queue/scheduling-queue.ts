/**
 * Pods that wait for a node, each in one of three places:
 * - active: to be tried next, in the order of the profile's queue sort;
 * - backing off: failed lately and may be tried when its time has come, or earlier when nothing else is to do;
 * - unschedulable: no node takes it until something changes (`wake`), or five minutes have passed.
 *
 * Promised: a pod added is tried until it is bound, deleted or gated; one that fails again and again does not starve the others.
 */
import { type Clock, Heap } from '@t8s/async';
import type { QueueOrder } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';

export interface QueuedPod extends QueueOrder {
  info: PodInfo;
  /** When it last came to the queue, in milliseconds. */
  timestamp: number;
  /** When it first came to the queue. */
  readonly since: number;
  attempts: number;
}

type Place = 'active' | 'backoff' | 'unschedulable' | 'gated' | 'inFlight';

interface Entry extends QueuedPod {
  place: Place;
  /** Where the entry stands in a heap; tickets that it has left behind are skipped when they come up. */
  ticket?: Ticket;
}

/** What a heap holds: its order must not change while it is in there, an entry's does. */
interface Ticket extends QueueOrder {
  readonly entry: Entry;
  readonly readyAt: number;
}

export interface SchedulingQueueOptions {
  clock: Clock;
  less(a: QueueOrder, b: QueueOrder): boolean;
  /** True while the pod must stay out of the queue. */
  isGated(info: PodInfo): boolean;
  /** Called whenever a pod may be popped after none could be. */
  onReady(): void;
}

const initialBackoff = 1000;
const maxBackoff = 10_000;
/** How long a pod stays unschedulable if no event wakes it: a safety net. */
const maxUnschedulable = 300_000;

export class SchedulingQueue {
  readonly #options: SchedulingQueueOptions;
  readonly #pods = new Map<string, Entry>();
  readonly #active: Heap<Ticket>;
  /** Backing off because no node took them, and because trying failed outright. */
  readonly #rejected = new Heap<Ticket>((a, b) => a.readyAt < b.readyAt);
  readonly #failed = new Heap<Ticket>((a, b) => a.readyAt < b.readyAt);
  /** In the order of their timestamps: each pod that comes is the latest. */
  readonly #unschedulable = new Set<Entry>();
  #timer: { at: number; cancel: () => void } | undefined;

  constructor(options: SchedulingQueueOptions) {
    this.#options = options;
    this.#active = new Heap((a, b) => options.less(a, b));
  }

  /** How many pods wait in each place. */
  counts(): Record<Place, number> {
    const counts = { active: 0, backoff: 0, unschedulable: 0, gated: 0, inFlight: 0 };
    for (const { place } of this.#pods.values()) counts[place] += 1;
    return counts;
  }

  /** A pod without a node, new or changed. One that is being tried keeps its place in the cycle. */
  set(info: PodInfo): void {
    const now = this.#options.clock.now();
    const known = this.#pods.get(info.uid);
    if (!known) {
      const entry: Entry = { info, timestamp: now, since: now, attempts: 0, place: 'gated' };
      this.#pods.set(info.uid, entry);
      if (!this.#options.isGated(info)) this.#activate(entry);
      return;
    }
    const before = known.info;
    known.info = info;
    if (known.place === 'gated') {
      if (!this.#options.isGated(info)) this.#activate(known);
    } else if (known.place === 'unschedulable' && isRelevantChange(before, info)) {
      this.#unschedulable.delete(known);
      this.#backOff(known, this.#rejected);
    } else if (known.place === 'active' && before.priority !== info.priority) {
      this.#activate(known);
    }
  }

  /** A newer version of a pod that is being tried, for the case that trying fails. */
  refresh(info: PodInfo): void {
    const known = this.#pods.get(info.uid);
    if (known) known.info = info;
  }

  /** Deleted, bound, or somebody else's. */
  delete(uid: string): void {
    const entry = this.#pods.get(uid);
    if (!entry) return;
    this.#pods.delete(uid);
    this.#unschedulable.delete(entry);
    delete entry.ticket;
  }

  /** The next pod to try; undefined when none can be tried now. It leaves the queue with `delete` or one of the two below. */
  pop(): QueuedPod | undefined {
    // With nothing else to do, a pod need not wait its back-off out (KEP-5142), unless trying it failed outright.
    const entry = take(this.#active) ?? take(this.#rejected);
    if (!entry) return undefined;
    entry.place = 'inFlight';
    entry.attempts += 1;
    return entry;
  }

  /** No node takes the pod. False if it has left the queue meanwhile. */
  addUnschedulable({ info }: QueuedPod): boolean {
    const entry = this.#pods.get(info.uid);
    if (entry?.place !== 'inFlight') return false;
    entry.timestamp = this.#options.clock.now();
    entry.place = 'unschedulable';
    this.#unschedulable.add(entry);
    this.#arm(entry.timestamp + maxUnschedulable);
    return true;
  }

  /** Trying failed for a reason that lies outside the cluster's state: tried again after a back-off. */
  addFailed({ info }: QueuedPod): boolean {
    const entry = this.#pods.get(info.uid);
    if (entry?.place !== 'inFlight') return false;
    entry.timestamp = this.#options.clock.now();
    this.#backOff(entry, this.#failed);
    return true;
  }

  /** Something changed: unschedulable pods for which `helps` says so are tried again. */
  wake(helps: (info: PodInfo) => boolean): void {
    for (const entry of this.#unschedulable) {
      if (!helps(entry.info)) continue;
      this.#unschedulable.delete(entry);
      this.#backOff(entry, this.#rejected);
    }
  }

  /** Fires no more timers. */
  close(): void {
    this.#timer?.cancel();
  }

  #activate(entry: Entry): void {
    entry.place = 'active';
    this.#active.push(ticketFor(entry, 0));
    this.#options.onReady();
  }

  /** To the active queue, by way of the back-off its attempts have earned. */
  #backOff(entry: Entry, heap: Heap<Ticket>): void {
    const readyAt = entry.timestamp + Math.min(maxBackoff, initialBackoff * 2 ** Math.max(0, entry.attempts - 1));
    if (entry.attempts === 0 || readyAt <= this.#options.clock.now()) {
      this.#activate(entry);
      return;
    }
    entry.place = 'backoff';
    heap.push(ticketFor(entry, readyAt));
    this.#arm(readyAt);
    if (heap === this.#rejected) this.#options.onReady();
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
      for (let entry = take(heap, now); entry; entry = take(heap, now)) this.#activate(entry);
      const next = heap.peek();
      if (next) this.#arm(next.readyAt);
    }
    for (const entry of this.#unschedulable) {
      const end = entry.timestamp + maxUnschedulable;
      if (end > now) {
        this.#arm(end);
        break;
      }
      this.#unschedulable.delete(entry);
      this.#backOff(entry, this.#rejected);
    }
  }
}

function ticketFor(entry: Entry, readyAt: number): Ticket {
  entry.ticket = { entry, info: entry.info, timestamp: entry.timestamp, readyAt };
  return entry.ticket;
}

/** The first entry whose ticket still counts and is due by `now`. */
function take(heap: Heap<Ticket>, now = Number.POSITIVE_INFINITY): Entry | undefined {
  for (let ticket = heap.peek(); ticket; ticket = heap.peek()) {
    const { entry, readyAt } = ticket;
    const counts = entry.ticket === ticket;
    if (counts && readyAt > now) return undefined;
    heap.pop();
    if (!counts) continue;
    delete entry.ticket;
    return entry;
  }
  return undefined;
}

/** Status writes, our own included, give no reason to try again. */
function isRelevantChange({ pod: before }: PodInfo, { pod: after }: PodInfo): boolean {
  const relevant = ({ metadata: { labels, annotations, generation, deletionTimestamp }, spec }: PodInfo['pod']): string =>
    JSON.stringify([labels, annotations, generation, deletionTimestamp, spec]);
  return relevant(before) !== relevant(after);
}
