/** Keeps etcd's history bounded: every five minutes drops what is older than five minutes, once however many apiservers run. */
import { sleep } from '@t8s/async';
import { Compacted, KeyExists, RevisionMismatch, StoreUnavailable } from '../store.ts';
import type { EtcdStore } from './etcd-store.ts';

/** Upstream's key and period: its compactor and ours can run side by side. */
const key = 'compact_rev_key';
const periodMs = 5 * 60_000;

/** What a round leaves for the next one. */
interface Round {
  /** The store's revision then: the next round drops what is before it. */
  revision: number;
  /** The version of the key then; 0 where there was none. */
  keyRevision: number;
}

/**
 * Runs until the signal aborts. Each round writes the revision of the round before into the key, if nobody else has written
 * it since, and only who could write it compacts: a watch that breaks may resume for at least a period.
 */
export async function runCompactor(store: EtcdStore, signal: AbortSignal, period = periodMs): Promise<void> {
  let last: Round | undefined;
  while (!signal.aborted) {
    try {
      last = await compactOnce(store, last);
    } catch (error) {
      // The next round makes up for it.
      if (!(error instanceof StoreUnavailable)) throw error;
    }
    await sleep(period, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** One round; returns what the next one needs. */
export async function compactOnce(store: EtcdStore, last: Round | undefined): Promise<Round> {
  if (last && last.revision > 0) {
    const value = Buffer.from(String(last.revision));
    try {
      await (last.keyRevision > 0 ? store.update(key, value, last.keyRevision) : store.create(key, value));
      await store.compact(last.revision);
    } catch (error) {
      // Another one was first, with this revision or a later one.
      if (!(error instanceof KeyExists || error instanceof RevisionMismatch || error instanceof Compacted)) throw error;
    }
  }
  const current = await store.get(key);
  return { revision: await store.currentRevision(), keyRevision: current?.revision ?? 0 };
}
