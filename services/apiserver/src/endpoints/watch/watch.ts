import { type KubeObject, StatusError, tooOldResourceVersion } from '@t8s/meta';
import type { WatchScope } from '@t8s/storage';
import type { ResourceContext } from '../../context.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import { indexedField } from '../../registry/served-resources.ts';
import { watchLine } from '../../views/frames.ts';
import { type View, viewFor } from '../../views/view.ts';
import { Selection } from '../selection.ts';
import type { WatchMember } from './watch-group.ts';
import { readWatchOptions, type WatchOptions } from './watch-options.ts';
import { WatchStream } from './watch-stream.ts';
import type { Watches } from './watches.ts';

export interface WatchServices {
  objects: ObjectStore;
  watches: Watches;
}

/** Streams changes until the client goes, the time is up, the server ends or the cache starts over. */
export async function watch(context: ResourceContext, services: WatchServices): Promise<void> {
  const { resource, info, query, response } = context;
  const view = viewFor(context);
  const options = readWatchOptions(query);
  const selection = new Selection(resource.kind, query, info.name);
  const { cache } = services.objects;
  if (options.revision === undefined) await cache.consistent();
  else await cache.waitFor(options.revision);
  if (response.destroyed) return;
  const ended = new Promise((resolve) => response.once('close', resolve));
  open(context, services, { view, options, selection });
  await ended;
}

interface Opening {
  view: View;
  options: WatchOptions;
  selection: Selection;
}

function open(context: ResourceContext, { objects, watches }: WatchServices, { view, options, selection }: Opening): void {
  const { resource, info, response, signal } = context;
  const now = objects.cache.revision;
  const cache = objects.cache.resource(resource.storage);
  const scope = scopeOf(resource.storage, info.namespace, selection);
  const matches = ({ object }: { object: KubeObject }): boolean => selection.matches(object);
  const group = watches.group(`${view.key} ${scope.prefix ?? ''} ${selection.labels} ${selection.fields}`, { view, scope, cache, matches });
  const stream = new WatchStream(context);
  const member: WatchMember = {
    write: (lines) => stream.write(lines),
    expired: () => fail(tooOldResourceVersion(now, now)),
    wantsBookmarks: options.bookmarks,
    isFresh: true,
  };
  let leave: () => void = () => undefined;
  const signOff = watches.opened();
  const timer = setTimeout(end, options.timeoutMs).unref();
  response.once('close', close);
  signal.addEventListener('abort', end, { once: true });
  try {
    if (startsWithObjects(options)) {
      for (const current of cache.range(scope.prefix)) {
        if (!matches(current)) continue;
        stream.write(view.frame({ revision: current.revision, current, previous: undefined }, 'ADDED', member.isFresh));
        member.isFresh = false;
      }
      if (options.sendInitialEvents && options.bookmarks) stream.write(view.bookmark(now, true));
      leave = group.join(member, now, now);
    } else {
      leave = group.join(member, Math.min(options.revision ?? now, now), now);
    }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    fail(error);
  }
  if (signal.aborted) end();

  /** A revision that memory has forgotten is told in the stream, as upstream does: the code of the answer is 200 by then. */
  function fail(error: StatusError): void {
    stream.write(watchLine('ERROR', JSON.stringify(error.status)));
    end();
  }
  function end(): void {
    close();
    stream.end();
  }
  function close(): void {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    signOff();
    leave();
  }
}

const startsWithObjects = ({ revision, sendInitialEvents }: WatchOptions): boolean => sendInitialEvents || !revision;

/** Spares who watches one value of the indexed field the events of all others. */
function scopeOf(storage: string, namespace: string, { fields }: Selection): WatchScope {
  const scope: WatchScope = namespace === '' ? {} : { prefix: `${namespace}/` };
  const name = indexedField(storage);
  const value = name === undefined ? undefined : fields.exact(name);
  return name === undefined || value === undefined ? scope : { ...scope, index: { name, value } };
}
