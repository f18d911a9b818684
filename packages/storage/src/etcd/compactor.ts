/** Keeps etcd's history bounded: every five minutes drops what is older than five minutes, once however many apiservers run. */
import { sleep } from '@t8s/async';
import { KeyExists, RevisionMismatch, StoreUnavailable } from '../store.ts';
import type { EtcdStore } from './etcd-store.ts';

/** Upstream's key and period: its compactor and ours can run side by side. */
const key = 'compact_rev_key';
const periodMs = 5 * 60_000;

/**
 * Runs until the signal aborts. The key's value is the revision of the last round; whoever wins the race to write the next
 * compacts to the one before, so that a watch may break for up to a period and still resume.
 */
export async function runCompactor(store: EtcdStore, signal: AbortSignal, period = periodMs): Promise<void> {
  while (!signal.aborted) {
    try {
      await sleep(period, { signal });
      await round(store);
    } catch (error) {
      if (!signal.aborted && !(error instanceof StoreUnavailable)) throw error;
    }
  }
}

async function round(store: EtcdStore): Promise<void> {
  const current = await store.get(key);
  const revision = await store.currentRevision();
  const value = Buffer.from(String(revision));
  try {
    if (current) await store.update(key, value, current.revision);
    else await store.create(key, value);
  } catch (error) {
    if (error instanceof KeyExists || error instanceof RevisionMismatch) return;
    throw error;
  }
  const last = Number(current?.value.toString() ?? 0);
  if (last > 0) await store.compact(last);
}
