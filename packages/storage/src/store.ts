/**
 * The store's contract: an ordered log of key versions. etcd is behind it; nothing above it knows.
 *
 * Promised: every write is one transaction that happens only if the key is as the caller believes; a revision is given to
 * each write of the whole store, growing by time; a read without a revision is linearizable; a watch tells every change
 * after its start, in revision order, once.
 * Not promised: that revisions are consecutive, that old revisions can be read for ever (Compacted), or that a write that
 * failed with StoreUnavailable did not happen.
 */
export interface KeyValue {
  key: string;
  value: Buffer;
  /** Of the last write to the key. */
  revision: number;
}

export interface Page {
  items: KeyValue[];
  /** The revision the page is of. */
  revision: number;
  /** There are keys beyond the limit. */
  more: boolean;
  /** All keys from the first of the page on, those beyond the limit too. */
  count: number;
}

export interface ListOptions {
  /** Most items; all where absent. */
  limit?: number;
  /** First key of the page; the prefix itself where absent. */
  from?: string;
  /** Reads the past; the present where absent. */
  revision?: number;
}

export interface WriteOptions {
  /** Seconds after which the store forgets the key. */
  ttlSeconds?: number;
}

export type StoreEvent = { type: 'put'; key: string; value: Buffer; revision: number } | { type: 'delete'; key: string; revision: number };

export interface WatchHandler {
  /** All changes of one or more whole revisions, in order. */
  events(events: StoreEvent[]): void;
}

export interface Store {
  get(key: string): Promise<KeyValue | undefined>;
  /** Keys that begin with `prefix`, in order. Throws Compacted for a revision that is gone. */
  list(prefix: string, options?: ListOptions): Promise<Page>;
  /** The revision of the latest write, linearizable. */
  currentRevision(): Promise<number>;
  /** Returns the revision written. Throws KeyExists. */
  create(key: string, value: Buffer, options?: WriteOptions): Promise<number>;
  /** Replaces the value if the key is still at `revision`. Throws RevisionMismatch with what is there. */
  update(key: string, value: Buffer, revision: number, options?: WriteOptions): Promise<number>;
  /** Removes the key if it is still at `revision`; returns the revision of the removal. Throws RevisionMismatch. */
  delete(key: string, revision: number): Promise<number>;
  /**
   * Tells `handler` every change under `prefix` after `revision`. Resolves when the signal aborts; throws Compacted when the
   * log no longer reaches back that far. Lost connections are resumed where they broke.
   */
  watch(options: { prefix: string; after: number; handler: WatchHandler; signal: AbortSignal }): Promise<void>;
  close(): void;
}

/** The store can't be reached or has no quorum. A write may or may not have happened. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The revision asked for is no longer kept. */
export class Compacted extends Error {
  override readonly name = 'Compacted';
}

export class KeyExists extends Error {
  override readonly name = 'KeyExists';
}

/** The key is at another revision, or gone (`current` undefined). */
export class RevisionMismatch extends Error {
  override readonly name = 'RevisionMismatch';
  readonly current: KeyValue | undefined;

  constructor(key: string, current: KeyValue | undefined) {
    super(current ? `${key} is at revision ${current.revision}` : `${key} is gone`);
    this.current = current;
  }
}

/** The value is larger than the store takes. */
export class ValueTooLarge extends Error {
  override readonly name = 'ValueTooLarge';
}
