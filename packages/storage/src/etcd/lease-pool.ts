/** Leases for keys that expire, shared: keys written shortly after each other with the same lifetime get the same one. */
import { randomInt } from 'node:crypto';

/** A lease is handed out for this part of its keys' lifetime, and no longer than that: upstream's lease manager. */
const sharePart = 0.05;
const maxShareSeconds = 60;
/** Most keys on one lease: etcd revokes them in one transaction (upstream's default). */
const maxKeys = 1000;

export interface LeasePoolOptions {
  /** Asks etcd for a lease with this id. */
  grant(lease: { ID: number; TTL: number }): Promise<unknown>;
  now?: () => number;
}

export class LeasePool {
  readonly #options: Required<LeasePoolOptions>;
  readonly #current = new Map<number, { id: Promise<number>; until: number; keys: number }>();

  constructor(options: LeasePoolOptions) {
    this.#options = { now: Date.now, ...options };
  }

  /** The id of a lease that lives at least `ttlSeconds` from now, and at most a twentieth longer. */
  get(ttlSeconds: number): Promise<number> {
    const { grant, now } = this.#options;
    const current = this.#current.get(ttlSeconds);
    if (current && current.until > now() && current.keys < maxKeys) {
      current.keys += 1;
      return current.id;
    }
    const share = Math.min(maxShareSeconds, Math.floor(ttlSeconds * sharePart));
    // Ids are the client's to choose; etcd's own don't fit into a number.
    const ID = randomInt(1, 2 ** 48 - 1);
    const id = grant({ ID, TTL: ttlSeconds + share }).then(() => ID);
    const granted = { id, until: now() + share * 1000, keys: 1 };
    this.#current.set(ttlSeconds, granted);
    // A failed grant must not be handed out again; who asked for it is told.
    id.catch(() => this.#drop(ttlSeconds, granted));
    return id;
  }

  /** No longer hands out what it has for `ttlSeconds`: etcd doesn't know it any more. */
  forget(ttlSeconds: number): void {
    this.#current.delete(ttlSeconds);
  }

  #drop(ttlSeconds: number, granted: object): void {
    if (this.#current.get(ttlSeconds) === granted) this.#current.delete(ttlSeconds);
  }
}
