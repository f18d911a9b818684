/**
 * Gives out names from a pool, each once: a key in the store says that it is taken, and the store lets only one of two
 * creators have it, whichever apiserver they ask. What a crash left taken is found and freed by `repair`.
 */
import { KeyExists, RevisionMismatch, type Store } from '@t8s/storage';

/** Items that may be given without being asked for; n runs from 0. */
export interface ItemRange {
  count: number;
  item(n: number): string;
}

export interface AllocatorOptions {
  store: Store;
  /** Keys are `/registry/<pool>/<item>`. */
  pool: string;
  /** Where there are several, the first is used up first. */
  ranges(): readonly ItemRange[];
  claims?: ClaimForm;
}

/** How a claim is written; `at` is when, in milliseconds. */
export interface ClaimForm {
  write(item: string, owner: string, at: number): object;
  /** Undefined for what is no claim of an allocator. */
  read(claim: Buffer): { owner: string; at: number } | undefined;
}

const plainClaims: ClaimForm = {
  write: (name, owner, at) => ({ metadata: { name }, owner, at }),
  read: (claim) => JSON.parse(claim.toString()) as { owner: string; at: number },
};

/** A claim younger than this may belong to a write still under way. Milliseconds. */
const graceMs = 60_000;

export class Allocator {
  readonly #options: AllocatorOptions;
  readonly #claims: ClaimForm;

  constructor(options: AllocatorOptions) {
    this.#options = options;
    this.#claims = options.claims ?? plainClaims;
  }

  /** Takes this item for `owner`. False when another has it; an owner may take again what is its own. */
  async claim(item: string, owner: string): Promise<boolean> {
    if (await this.take(item, owner)) return true;
    const taken = await this.#options.store.get(this.#key(item));
    return taken === undefined ? this.claim(item, owner) : this.#claims.read(taken.value)?.owner === owner;
  }

  /** Takes this item if nobody has it. */
  async take(item: string, owner: string): Promise<boolean> {
    try {
      await this.#options.store.create(this.#key(item), Buffer.from(JSON.stringify(this.#claims.write(item, owner, Date.now()))));
      return true;
    } catch (error) {
      if (error instanceof KeyExists) return false;
      throw error;
    }
  }

  /** Takes any free item: random tries first, then all in order from a random one. Undefined when none is left. */
  async allocate(owner: string): Promise<string | undefined> {
    for (const range of this.#options.ranges()) {
      const given = await this.#allocate(range, owner);
      if (given !== undefined) return given;
    }
    return undefined;
  }

  async #allocate({ count, item }: ItemRange, owner: string): Promise<string | undefined> {
    for (let tries = 0; tries < 16; tries++) {
      const candidate = item(Math.floor(Math.random() * count));
      if (await this.take(candidate, owner)) return candidate;
    }
    const start = Math.floor(Math.random() * count);
    const taken = new Set(await this.#taken());
    for (let i = 0; i < count; i++) {
      const candidate = item((start + i) % count);
      if (!taken.has(candidate) && (await this.take(candidate, owner))) return candidate;
    }
    return undefined;
  }

  /** Gives the item back if it is the owner's. */
  async release(item: string, owner: string): Promise<void> {
    const { store } = this.#options;
    const taken = await store.get(this.#key(item));
    if (!taken || this.#claims.read(taken.value)?.owner !== owner) return;
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
      const claim = this.#claims.read(value);
      if (claim && used.get(item) !== claim.owner && Date.now() - claim.at > graceMs) await this.release(item, claim.owner);
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
