/**
 * Keeps events readable, by client-go's rules: an event seen before counts up; many that differ only in their message become
 * one; an object that causes too many is silenced for a while. Pure but for its memory.
 */
import type { CoreEvent } from '@t8s/api';
import type { Clock } from '@t8s/async';
import { TokenBucket } from '@t8s/workqueue';
import { LruMap } from './lru-map.ts';

/** So many different messages of one kind within ten minutes are taken together. */
const maxSimilar = 10;
const similarInterval = 600_000;
/** A burst of 25 events for an object, then one every five minutes. */
const spamBurst = 25;
const spamRate = 1 / 300;
const remembered = 4096;

export interface Correlated {
  /** With the name, count and first time of the event it repeats, if it does. */
  event: CoreEvent;
  /** An event of this name is there already: patch it. */
  repeats: boolean;
  /** Under which `recorded` remembers it. */
  key: string;
}

export class EventCorrelator {
  readonly #clock: Clock;
  readonly #similar = new LruMap<string, { messages: Set<string>; at: number }>(remembered);
  readonly #seen = new LruMap<string, { name: string; count: number; firstTimestamp: string | undefined }>(remembered);
  readonly #buckets = new LruMap<string, TokenBucket>(remembered);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What to write for this event; undefined if nothing. */
  correlate(fresh: CoreEvent): Correlated | undefined {
    const { event, key } = this.#aggregate(fresh);
    const known = this.#seen.get(key);
    const correlated: CoreEvent = known
      ? {
          ...event,
          metadata: { ...event.metadata, name: known.name },
          count: known.count + 1,
          ...(known.firstTimestamp !== undefined && { firstTimestamp: known.firstTimestamp }),
        }
      : event;
    this.recorded({ event: correlated, repeats: known !== undefined, key });
    return this.#admit(fresh) ? { event: correlated, repeats: known !== undefined, key } : undefined;
  }

  /** The event as it was written in the end. */
  recorded({ event, key }: Correlated): void {
    this.#seen.set(key, { name: event.metadata.name ?? '', count: event.count ?? 1, firstTimestamp: event.firstTimestamp });
  }

  #aggregate(event: CoreEvent): { event: CoreEvent; key: string } {
    const { type, reason, message = '', reportingComponent, reportingInstance, involvedObject } = event;
    const similarKey = [objectKey(event), type, reason, reportingComponent, reportingInstance].join('|');
    const now = this.#clock.now();
    const known = this.#similar.get(similarKey);
    const messages = known && now - known.at <= similarInterval ? known.messages : new Set<string>();
    messages.add(message);
    this.#similar.set(similarKey, { messages, at: now });
    if (messages.size < maxSimilar) return { event, key: [objectKey(event), involvedObject.fieldPath, type, reason, message].join('|') };
    for (const any of messages) {
      messages.delete(any);
      break;
    }
    return { event: { ...event, message: `(combined from similar events): ${message}` }, key: similarKey };
  }

  #admit(event: CoreEvent): boolean {
    const key = objectKey(event);
    const bucket = this.#buckets.get(key) ?? new TokenBucket({ rate: spamRate, burst: spamBurst, clock: this.#clock });
    this.#buckets.set(key, bucket);
    return bucket.tryTake();
  }
}

/** Who reports on which object. */
function objectKey({ source, involvedObject: { kind, namespace, name, uid, apiVersion } }: CoreEvent): string {
  return [source?.component, source?.host, kind, namespace, name, uid, apiVersion].join('|');
}
