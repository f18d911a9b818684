/** Remembers answers of other servers for a short while. */

import { type Clock, systemClock } from '@t8s/async';
import { decode } from 'dns-packet';
import type { Query } from './message.ts';

export interface AnswerCacheOptions {
  /** Answers kept at most; the one not asked for longest goes first. */
  capacity?: number;
  /** Seconds; answers are kept no longer, whatever their TTL. */
  maxTtl?: number;
  clock?: Clock;
}

interface Entry {
  answer: Buffer;
  expires: number;
}

/** Keyed by the question and what the asker can take: the answer fits everyone who asks the same way. */
export class AnswerCache {
  readonly #capacity: number;
  readonly #maxTtl: number;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor({ capacity = 1000, maxTtl = 30, clock = systemClock }: AnswerCacheOptions = {}) {
    this.#capacity = capacity;
    this.#maxTtl = maxTtl;
    this.#clock = clock;
  }

  /** The remembered answer with the query's id. */
  get(query: Query, transport: string): Buffer | undefined {
    const key = keyOf(query, transport);
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (entry.expires <= this.#clock.now()) return undefined;
    this.#entries.set(key, entry);
    const answer = Buffer.from(entry.answer);
    query.bytes.copy(answer, 0, 0, query.questionEnd);
    entry.answer.copy(answer, 2, 2, 12);
    return answer;
  }

  /** Remembers an answer unless it is cut off, a failure, or meant to be used once. */
  put(query: Query, transport: string, answer: Buffer): void {
    const ttl = Math.min(this.#maxTtl, timeToLive(answer));
    if (ttl <= 0) return;
    this.#entries.set(keyOf(query, transport), { answer, expires: this.#clock.now() + ttl * 1000 });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#capacity) break;
      this.#entries.delete(oldest);
    }
  }
}

function keyOf({ name, type, class: dnsClass, recursionDesired, edns }: Query, transport: string): string {
  return [name, type, dnsClass, recursionDesired, edns?.size, edns?.dnssecOk, transport].join('|');
}

/** Seconds an answer may be used: the least of its records', for negative ones that of the SOA (RFC 2308 §5). 0: not at all. */
function timeToLive(answer: Buffer): number {
  const rcode = (answer[3] ?? 0) & 0xf;
  const truncated = ((answer[2] ?? 0) & 0x2) !== 0;
  if (truncated || (rcode !== 0 && rcode !== 3)) return 0;
  try {
    const { answers = [], authorities = [] } = decode(answer);
    if (answers.length > 0) return Math.min(...answers.map((record) => ('ttl' in record ? (record.ttl ?? 0) : 0)));
    const soa = authorities.find((record) => record.type === 'SOA');
    return soa ? Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) : 0;
  } catch (error) {
    // What we can't read is passed on to whoever asked, but not kept.
    if (error instanceof Error) return 0;
    throw error;
  }
}
