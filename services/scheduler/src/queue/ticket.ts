import type { Heap } from '@t8s/async';
import type { QueueOrder } from '../framework/plugin.ts';

/** What a heap holds: its order must not change while it is in there, an entry's does. */
export interface Ticket<E> extends QueueOrder {
  readonly entry: E;
  readonly readyAt: number;
}

/** The first entry whose ticket still counts and is due by `now`. */
export function take<E extends { ticket?: Ticket<E> }>(heap: Heap<Ticket<E>>, now = Number.POSITIVE_INFINITY): E | undefined {
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
