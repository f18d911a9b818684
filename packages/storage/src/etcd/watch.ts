import { Backoff, sleep } from '@t8s/async';
import { Compacted, type Store, type StoreEvent } from '../store.ts';
import type { EtcdClient } from './etcd-client.ts';
import { prefixEnd } from './etcd-store.ts';
import { bytesOf, type WatchResponse, watching } from './messages.ts';

type WatchOptions = Parameters<Store['watch']>[0];

/**
 * One etcd watch, resumed after what was seen when its stream breaks. etcd may cut one revision's events into fragments
 * only when asked to, which we don't: each answer holds whole revisions.
 */
export async function watchEtcd(client: EtcdClient, { prefix, after, handler, signal }: WatchOptions): Promise<void> {
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

/** Follows one stream to its end and tells how it ended. Why it broke does not matter: it is opened again. */
function follow(
  client: EtcdClient,
  prefix: string,
  start: number,
  signal: AbortSignal,
  tell: (events: StoreEvent[]) => void,
): Promise<'broken' | 'compacted' | 'aborted'> {
  return new Promise((resolve) => {
    const finish = (how: 'broken' | 'compacted' | 'aborted'): void => {
      signal.removeEventListener('abort', abort);
      stream.cancel();
      resolve(how);
    };
    const abort = (): void => finish('aborted');
    const stream = client.stream(watching.path, metadata, {
      message(bytes) {
        const answer = watching.decode(bytes);
        if (answer.canceled) finish(Number(answer.compact_revision) > 0 ? 'compacted' : 'broken');
        else if (answer.events.length > 0) tell(answer.events.map(toEvent));
      },
      end: () => finish('broken'),
    });
    signal.addEventListener('abort', abort, { once: true });
    const create = { key: Buffer.from(prefix), range_end: prefixEnd(prefix), start_revision: start };
    stream.send(watching.encode({ create_request: create }));
  });
}

/** A member of etcd that lost its leader ends the stream, where it would fall silent (etcd's WithRequireLeader). */
const metadata = { hasleader: 'true' };

function toEvent({ type, kv }: WatchResponse['events'][number]): StoreEvent {
  const key = kv.key.toString();
  const revision = Number(kv.mod_revision);
  return type === 1 ? { type: 'delete', key, revision } : { type: 'put', key, value: bytesOf(kv.value), revision };
}
