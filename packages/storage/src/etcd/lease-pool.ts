/** Leases for keys that expire, shared: keys written within a minute of each other with the same lifetime get the same one. */
import type { Etcd3 } from 'etcd3';

/** How long a lease is handed out, and so how much later than its lifetime a key may go. Seconds. */
const shareSeconds = 60;
/** Most keys on one lease: etcd revokes them in one transaction (upstream's default). */
const maxKeys = 1000;

export class LeasePool {
  readonly #client: Etcd3;
  readonly #now: () => number;
  readonly #current = new Map<number, { id: Promise<string>; until: number; keys: number }>();

  constructor(client: Etcd3, now: () => number = Date.now) {
    this.#client = client;
    this.#now = now;
  }

  /** The id of a lease that lives at least `ttlSeconds` from now. */
  async get(ttlSeconds: number): Promise<string> {
    const current = this.#current.get(ttlSeconds);
    if (current && current.until > this.#now() && current.keys < maxKeys) {
      current.keys += 1;
      return current.id;
    }
    const id = this.#client.leaseClient.leaseGrant({ TTL: ttlSeconds + shareSeconds }).then((granted) => granted.ID);
    this.#current.set(ttlSeconds, { id, until: this.#now() + shareSeconds * 1000, keys: 1 });
    // A failed grant must not be handed out again.
    id.catch(() => this.#current.delete(ttlSeconds));
    return id;
  }
}
