/** What happened while pods are being tried: a pod that is rejected meanwhile must not miss what could have helped it. */
import { type ClusterEvent, eventName } from '../framework/cluster-event.ts';

export class EventLog {
  #events: ClusterEvent[] = [];
  #dropped = 0;
  /** From which event on each pod under way has to look, in the order they were begun. */
  readonly #readers = new Map<string, number>();

  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const event of this.#events) counts.set(eventName(event), (counts.get(eventName(event)) ?? 0) + 1);
    return counts;
  }

  begin(uid: string): void {
    this.#readers.set(uid, this.#dropped + this.#events.length);
  }

  add(event: ClusterEvent): void {
    if (this.#readers.size > 0) this.#events.push(event);
  }

  /** What happened since the pod began; it reads no more. */
  end(uid: string): readonly ClusterEvent[] {
    const from = this.#readers.get(uid);
    if (from === undefined) return [];
    this.#readers.delete(uid);
    const events = this.#events.slice(from - this.#dropped);
    const [oldest = this.#dropped + this.#events.length] = this.#readers.values();
    // Half at a time, so that each event is moved once on average.
    if (oldest - this.#dropped > this.#events.length / 2) {
      this.#events = this.#events.slice(oldest - this.#dropped);
      this.#dropped = oldest;
    }
    return events;
  }
}
