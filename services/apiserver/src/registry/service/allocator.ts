/**
 * Gives out names from a pool, each once: a key in the store says that it is taken, and the store lets only one of two
 * creators have it, whichever apiserver they ask. What a crash left taken is found and freed by `repair`.
 */
import { KeyExists, RevisionMismatch, type Store } from '@t8s/storage';

export interface AllocatorOptions {
  store: Store;
  /** Keys are `/registry/<pool>/<item>`. */
  pool: string;
  /** Items that may be given without being asked for; n runs from 0. */
  count: number;
  item(n: number): string;
}

/** A claim younger than this may belong to a write still under way. Milliseconds. */
const graceMs = 60_000;

export class Allocator {
  readonly #options: AllocatorOptions;

  constructor(options: AllocatorOptions) {
    this.#options = options;
  }

  /** Takes this item for `owner`. False when another has it; an owner may take again what is its own. */
  async claim(item: string, owner: string): Promise<boolean> {
    const { store } = this.#options;
    try {
      await store.create(this.#key(item), Buffer.from(JSON.stringify({ metadata: { name: item }, owner, at: Date.now() })));
      return true;
    } catch (error) {
      if (!(error instanceof KeyExists)) throw error;
      const taken = await store.get(this.#key(item));
      return taken === undefined ? this.claim(item, owner) : (JSON.parse(taken.value.toString()) as { owner: string }).owner === owner;
    }
  }

  /** Takes any free item: random tries first, then all in order from a random one. Undefined when none is left. */
  async allocate(owner: string): Promise<string | undefined> {
    const { count, item } = this.#options;
    for (let tries = 0; tries < 16; tries++) {
      const candidate = item(Math.floor(Math.random() * count));
      if (await this.claim(candidate, owner)) return candidate;
    }
    const start = Math.floor(Math.random() * count);
    const taken = new Set(await this.#taken());
    for (let i = 0; i < count; i++) {
      const candidate = item((start + i) % count);
      if (!taken.has(candidate) && (await this.claim(candidate, owner))) return candidate;
    }
    return undefined;
  }

  /** Gives the item back if it is the owner's. */
  async release(item: string, owner: string): Promise<void> {
    const { store } = this.#options;
    const taken = await store.get(this.#key(item));
    if (!taken || (JSON.parse(taken.value.toString()) as { owner: string }).owner !== owner) return;
    try {
      await store.delete(this.#key(item), taken.revision);
    } catch (error) {
      if (!(error instanceof RevisionMismatch)) throw error;
    }
  }

  /** Frees what nobody uses and takes what is used without a claim. `used` maps items to their owners. */
  async repair(used: ReadonlyMap<string, string>): Promise<void> {
    const { store, pool } = this.#options;
    const { items } = await store.list(`/registry/${pool}/`);
    for (const { key, value } of items) {
      const item = key.slice(`/registry/${pool}/`.length);
      const { owner, at } = JSON.parse(value.toString()) as { owner: string; at: number };
      if (used.get(item) !== owner && Date.now() - at > graceMs) await this.release(item, owner);
    }
    for (const [item, owner] of used) await this.claim(item, owner);
  }

  async #taken(): Promise<string[]> {
    const { store, pool } = this.#options;
    const { items } = await store.list(`/registry/${pool}/`);
    return items.map(({ key }) => key.slice(`/registry/${pool}/`.length));
  }

  #key(item: string): string {
    return `/registry/${this.#options.pool}/${item}`;
  }
}
