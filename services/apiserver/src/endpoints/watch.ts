import { badRequest, type KubeObject, type StatusError, serviceUnavailable } from '@t8s/meta';
import { type CachedObject, type CacheEvent, eventObject, type WatchType, watchFrame } from '@t8s/storage';
import type { ResourceContext } from '../context.ts';
import { writeHead } from '../negotiation/answer.ts';
import { negotiate, type Shape } from '../negotiation/media-types.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { indexedField } from '../registry/served-resources.ts';
import { isTrue } from '../request-info.ts';
import { readRevision } from './resource-version.ts';
import { Selection } from './selection.ts';
import { type IncludeObject, includeObject, partialMetadata, tableHead, tableRow } from './table.ts';

/** A watcher whose client reads so slowly that this much waits for it is cut off: it can resume. Bytes. */
const maxBuffered = 32 * 1024 * 1024;
const bookmarkMs = 60_000;

/** Streams changes until the client goes, the time is up or the cache starts over. */
export async function watch(context: ResourceContext, objects: ObjectStore): Promise<void> {
  const { resource, info, query, request, response } = context;
  const { kind, storage } = resource;
  const { shape } = negotiate(request.headers.accept);
  const selection = new Selection(kind, query, info.name);
  const revision = readRevision(query);
  const sendInitial = isTrue(query.get('sendInitialEvents'));
  const seconds = readTimeout(query);
  const { cache } = objects;
  if (revision === undefined) await cache.consistent();
  else if (revision > 0) await cache.waitFor(revision);

  const found = cache.resource(storage);
  const prefix = info.namespace === '' ? '' : `${info.namespace}/`;
  const field = indexedField(storage);
  const value = field === undefined ? undefined : selection.fields.exact(field);
  const index = field !== undefined && value !== undefined ? { name: field, value } : undefined;
  const show = new Frames({ kind, shape, include: includeObject(query) });
  const out = new Outbox(response, () => end());
  const isInitial = sendInitial || revision === undefined || revision === 0;

  const deliver = (event: CacheEvent): void => {
    const type = watchType(event, selection);
    if (type) out.push(show.event(event, type));
  };
  const expired = (): void => {
    out.push(errorFrame(serviceUnavailable('the watch cache started over, please watch again')));
    end();
  };
  const start = isInitial ? cache.revision : (revision ?? 0);
  // Throws Expired before anything is sent, so that the client gets a plain 410.
  const stop = found.watch({ deliver, expired }, start, { prefix, ...(index && { index }) });
  const timer = setTimeout(() => end(), seconds * 1000);
  const bookmark = (annotations?: Record<string, string>): void => out.push(show.bookmark(cache.revision, annotations));
  const bookmarks = isTrue(query.get('allowWatchBookmarks')) ? setInterval(bookmark, bookmarkMs) : undefined;

  writeHead(context, 200, 'application/json');
  response.flushHeaders();
  if (isInitial) {
    for (const cached of found.range(prefix)) if (selection.matches(cached.object)) out.push(show.event(added(cached), 'ADDED'));
    if (sendInitial) bookmark({ 'k8s.io/initial-events-end': 'true' });
  }
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    context.signal.addEventListener('abort', end, { once: true });
    if (context.signal.aborted) end();
  });
  end();

  function end(): void {
    stop();
    clearTimeout(timer);
    clearInterval(bookmarks);
    context.signal.removeEventListener('abort', end);
    out.end();
  }
}

const added = (current: CachedObject): CacheEvent => ({ revision: current.revision, current, previous: undefined });

/** An object that enters or leaves the selection is added or deleted to who watches it. */
function watchType({ current, previous }: CacheEvent, selection: Selection): WatchType | undefined {
  const isIn = current !== undefined && selection.matches(current.object);
  const wasIn = previous !== undefined && selection.matches(previous.object);
  if (isIn) return wasIn ? 'MODIFIED' : 'ADDED';
  return wasIn ? 'DELETED' : undefined;
}

/** Events as lines; those of whole objects are shared by all watchers. */
class Frames {
  readonly #options: { kind: ResourceContext['resource']['kind']; shape: Shape; include: IncludeObject };
  #hasHead = false;

  constructor(options: { kind: ResourceContext['resource']['kind']; shape: Shape; include: IncludeObject }) {
    this.#options = options;
  }

  event(event: CacheEvent, type: WatchType): Buffer {
    const { kind, shape } = this.#options;
    if (shape === 'object' && !kind.alias) return watchFrame(event, type);
    const object = eventObject(event, type);
    return this.#line(type, this.#shape(kind.alias?.fromStorage(object) ?? object));
  }

  bookmark(revision: number, annotations?: Record<string, string>): Buffer {
    const { kind, shape } = this.#options;
    const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(annotations && { annotations }) };
    if (shape === 'Table')
      return this.#line('BOOKMARK', {
        ...this.#head(),
        metadata: { resourceVersion: String(revision) },
        rows: [{ cells: [], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } }],
      });
    const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
    return this.#line(
      'BOOKMARK',
      shape === 'object'
        ? { kind: kind.kind, apiVersion, metadata }
        : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata },
    );
  }

  #shape(object: KubeObject): object {
    const { kind, shape, include } = this.#options;
    if (shape === 'object') return object;
    if (shape === 'PartialObjectMetadata') return partialMetadata(object);
    return {
      ...this.#head(),
      metadata: { resourceVersion: object.metadata.resourceVersion },
      rows: [tableRow(kind, object, include, Date.now())],
    };
  }

  /** Only the first table of a watch defines the columns. */
  #head(): object {
    const { columnDefinitions, ...head } = tableHead(this.#options.kind);
    const first = !this.#hasHead;
    this.#hasHead = true;
    return { ...head, columnDefinitions: first ? columnDefinitions : null };
  }

  #line(type: string, object: object): Buffer {
    return Buffer.from(`${JSON.stringify({ type, object })}\n`);
  }
}

const errorFrame = ({ status }: StatusError): Buffer => Buffer.from(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);

/** Collects what one turn of the event loop brings and sends it in one write. */
class Outbox {
  readonly #response: ResourceContext['response'];
  readonly #tooSlow: () => void;
  #frames: Buffer[] = [];

  constructor(response: ResourceContext['response'], tooSlow: () => void) {
    this.#response = response;
    this.#tooSlow = tooSlow;
  }

  push(frame: Buffer): void {
    if (this.#frames.push(frame) === 1) setImmediate(() => this.#flush());
  }

  /** Sends what is left and ends the answer. */
  end(): void {
    this.#flush();
    if (!this.#response.writableEnded) this.#response.end();
  }

  #flush(): void {
    const frames = this.#frames;
    if (frames.length === 0 || this.#response.writableEnded) return;
    this.#frames = [];
    this.#response.write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
    if (this.#response.writableLength > maxBuffered) this.#tooSlow();
  }
}

/** `timeoutSeconds`, or 30 to 60 minutes, so that watches without one don't all end at once (upstream's --min-request-timeout). */
function readTimeout(query: URLSearchParams): number {
  const text = query.get('timeoutSeconds');
  if (text === null || text === '' || text === '0') return 1800 * (1 + Math.random());
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Math.min(Number(text), 2 ** 31 / 1000 - 1);
}
