import { Backoff, sleep } from '@t8s/async';
import type { Etcd3, IWatchResponse } from 'etcd3';
import { Compacted, type Store, type StoreEvent } from '../store.ts';
import { requireLeader } from './connection.ts';
import { prefixEnd } from './etcd-store.ts';

type WatchOptions = Parameters<Store['watch']>[0];

/**
 * One etcd watch, resumed after what was seen when its stream breaks. etcd may cut one revision's events into fragments
 * only when asked to, which we don't: each answer holds whole revisions.
 */
export async function watchEtcd(client: Etcd3, { prefix, after, handler, signal }: WatchOptions): Promise<void> {
  const backoff = new Backoff({ base: 50, cap: 2000, jitter: 0.5 });
  let seen = after;
  while (!signal.aborted) {
    const end = await follow(client, prefix, seen + 1, signal, (events) => {
      backoff.reset();
      seen = events.at(-1)?.revision ?? seen;
      handler.events(events);
    });
    if (end === 'compacted') throw new Compacted(`revision ${seen} has been compacted`);
    if (end === 'aborted') return;
    await sleep(backoff.next(), { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** Follows one stream to its end and tells how it ended. */
async function follow(
  client: Etcd3,
  prefix: string,
  start: number,
  signal: AbortSignal,
  tell: (events: StoreEvent[]) => void,
): Promise<'broken' | 'compacted' | 'aborted'> {
  // Why does not matter: the caller opens it again, and reports what stays away.
  const stream = await client.watchClient.watch({ interceptors: [requireLeader] }).catch(() => undefined);
  if (!stream) return 'broken';
  return new Promise((resolve) => {
    const finish = (how: 'broken' | 'compacted' | 'aborted'): void => {
      signal.removeEventListener('abort', abort);
      resolve(how);
    };
    const abort = (): void => {
      stream.cancel();
      finish('aborted');
    };
    signal.addEventListener('abort', abort, { once: true });
    stream.on('data', (answer: IWatchResponse) => {
      if (answer.canceled) {
        stream.cancel();
        return finish(Number(answer.compact_revision) > 0 ? 'compacted' : 'broken');
      }
      if (answer.events.length > 0) tell(answer.events.map(toEvent));
    });
    stream.on('error', () => finish('broken'));
    stream.on('end', () => finish('broken'));
    stream.write({ create_request: { key: Buffer.from(prefix), range_end: prefixEnd(prefix), start_revision: start } });
    if (signal.aborted) abort();
  });
}

function toEvent({ type, kv }: IWatchResponse['events'][number]): StoreEvent {
  const key = kv.key.toString();
  const revision = Number(kv.mod_revision);
  return type === 'Delete' ? { type: 'delete', key, revision } : { type: 'put', key, value: kv.value, revision };
}
