import { type KubeObject, StatusError, tooOldResourceVersion } from '@t8s/meta';
import type { CachedObject, WatchCache, WatchScope } from '@t8s/storage';
import type { ResourceContext } from '../../context.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import { indexedField } from '../../registry/served-resources.ts';
import type { FormCache } from '../../registry/stored-form.ts';
import { watchLine } from '../../views/frames.ts';
import { type View, viewFor } from '../../views/view.ts';
import { Selection } from '../selection.ts';
import { PacedStart } from './paced-start.ts';
import type { WatchMember } from './watch-group.ts';
import { readWatchOptions, type WatchOptions } from './watch-options.ts';
import { asksForWebSocket, WatchSocket } from './watch-socket.ts';
import { type WatchOutlet, WatchStream } from './watch-stream.ts';
import type { Watches } from './watches.ts';

/** How long before its end a watch tells how far it has come, so that the next goes on there (upstream's). Milliseconds. */
const lastBookmarkMs = 2000;

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
  else if (!cache.isReady) await cache.waitFor(1);
  const form = await resource.form?.cache();
  if (response.destroyed) return;
  const stream = outletOf(context, () => services.watches.maxUnsent);
  if (!stream) return;
  const ended = new Promise<void>((resolve) => stream.onceClosed(resolve));
  open(context, services, { view, options, selection, form, stream });
  await ended;
}

/** Undefined where the client is gone, or its handshake was refused. */
function outletOf(context: ResourceContext, maxUnsent: () => number): WatchOutlet | undefined {
  if (!asksForWebSocket(context)) return new WatchStream(context, maxUnsent);
  const socket = new WatchSocket(context, maxUnsent);
  return socket.isOpen ? socket : undefined;
}

interface Opening {
  view: View;
  options: WatchOptions;
  selection: Selection;
  form: FormCache | undefined;
  stream: WatchOutlet;
}

function open(context: ResourceContext, { objects, watches }: WatchServices, { view, options, selection, form, stream }: Opening): void {
  const { resource, info } = context;
  const signal = context.signal();
  const now = form?.revision() ?? objects.cache.revision;
  const cache = form?.cache ?? objects.cache.resource(resource.storage);
  const scope = scopeOf(resource.storage, resource.kind.namespaced ? info.namespace : '', selection);
  const matches = ({ object }: { object: KubeObject }): boolean => selection.matches(object);
  const group = watches.group(`${view.key} ${scope.prefix ?? ''} ${selection.labels} ${selection.fields}`, {
    view,
    scope,
    cache,
    matches,
    count: watches.countOf(resource.kind),
    ...(form && { reached: () => form.revision() }),
  });
  const start = new PacedStart(stream, () => watches.maxUnsent);
  const member: WatchMember = {
    write: (lines) => start.write(lines),
    expired: () => (form?.isReplaced ? end() : fail(tooOldResourceVersion(now, now))),
    wantsBookmarks: options.bookmarks,
    isFresh: true,
  };
  let leave: () => void = () => undefined;
  const signOff = watches.opened(resource.kind);
  const timers = [setTimeout(end, options.timeoutMs).unref()];
  if (options.bookmarks && options.timeoutMs > lastBookmarkMs)
    timers.push(
      setTimeout(
        () => member.wantsBookmarks && group.bookmarkTo(member, objects.cache.revision),
        options.timeoutMs - lastBookmarkMs,
      ).unref(),
    );
  stream.onceClosed(close);
  signal.addEventListener('abort', end, { once: true });
  try {
    if (startsWithObjects(options)) {
      start.begin(present([...cache.range(scope.prefix)]));
      leave = group.join(member, now, now);
      if (options.sendInitialEvents && options.bookmarks) endInitialEvents(options.revision ?? now);
    } else {
      // Nothing is told of a future before it has come.
      const from = options.revision || now;
      leave =
        from <= now
          ? group.join(member, from, now)
          : whenReached(objects.cache, from, () => group.join(member, from, objects.cache.revision));
    }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    fail(error);
  }
  if (signal.aborted) end();

  /** Its first line is asked for before anything else is written. */
  function* present(objects: readonly CachedObject[]): Iterable<Buffer> {
    for (const current of objects) {
      if (!matches(current)) continue;
      const line = view.frame({ revision: current.revision, current, previous: undefined }, 'ADDED', member.isFresh);
      member.isFresh = false;
      yield line;
    }
  }
  /** Says that the initial events are told, once memory has come as far as the client knows of. */
  function endInitialEvents(revision: number): void {
    const bookmark = (): void => {
      member.wantsBookmarks = true;
      group.bookmarkTo(member, objects.cache.revision, true);
    };
    if (revision <= now) {
      bookmark();
      return;
    }
    member.wantsBookmarks = false;
    const leaveGroup = leave;
    const stop = whenReached(objects.cache, revision, () => {
      bookmark();
      return () => undefined;
    });
    leave = () => {
      stop();
      leaveGroup();
    };
  }
  /** A revision that memory has forgotten is told in the stream, as upstream does: the code of the answer is 200 by then. */
  function fail(error: StatusError): void {
    start.write(watchLine('ERROR', JSON.stringify(error.status)));
    end();
  }
  function end(): void {
    close();
    stream.end();
  }
  function close(): void {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', end);
    signOff();
    leave();
  }
}

/** Does `work` when memory has reached the revision. Returns how to end what has come of it. */
function whenReached(cache: WatchCache, revision: number, work: () => () => void): () => void {
  let undo = cache.onAdvance(() => {
    if (cache.revision < revision) return;
    undo();
    undo = work();
  });
  return () => undo();
}

const startsWithObjects = ({ revision, sendInitialEvents }: WatchOptions): boolean => sendInitialEvents ?? !revision;

/** Spares who watches one value of the indexed field the events of all others. */
function scopeOf(storage: string, namespace: string, { fields }: Selection): WatchScope {
  const scope: WatchScope = namespace === '' ? {} : { prefix: `${namespace}/` };
  const name = indexedField(storage);
  const value = name === undefined ? undefined : fields.exact(name);
  return name === undefined || value === undefined ? scope : { ...scope, index: { name, value } };
}
