import { KeyExists, RevisionMismatch, type Store } from '../store.ts';

/** Writes under `prefix`, so that the log moves on. Any write will do: losing the race to another apiserver's is as good. */
export async function nudge(store: Store, prefix: string): Promise<void> {
  const key = `${prefix}t8s-nudge`;
  const current = await store.get(key);
  const value = Buffer.from('{"metadata":{"name":"nudge"}}');
  try {
    await (current ? store.update(key, value, current.revision) : store.create(key, value));
  } catch (error) {
    if (!(error instanceof RevisionMismatch || error instanceof KeyExists)) throw error;
  }
}
