/** The bytes that views are put together from. */
import type { Kind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { type CachedObject, type CacheEvent, eventObject, type WatchType } from '@t8s/storage';

/** A cached object as its kind spells it: an alias (events.k8s.io) stores another kind's spelling. */
export function shown(kind: Kind, object: KubeObject): KubeObject {
  return kind.alias ? kind.alias.fromStorage(object) : object;
}

/** The object an event shows, in the spelling of its kind. */
export const shownInEvent = (kind: Kind, event: CacheEvent, type: WatchType): KubeObject => shown(kind, eventObject(event, type));

/** Frames by event, then by what distinguishes them. */
export function frameMemo(make: (event: CacheEvent, type: WatchType) => Buffer): (event: CacheEvent, type: WatchType) => Buffer {
  const frames = new WeakMap<CacheEvent, Map<WatchType, Buffer>>();
  return (event, type) => {
    const byType = frames.get(event) ?? new Map<WatchType, Buffer>();
    frames.set(event, byType);
    const frame = byType.get(type) ?? make(event, type);
    byType.set(type, frame);
    return frame;
  };
}

export const watchLine = (type: string, object: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`{"type":"${type}","object":`),
    typeof object === 'string' ? Buffer.from(object) : object,
    Buffer.from('}\n'),
  ]);

/** The annotation of the bookmark that ends the initial objects of a watch (KEP-3157). */
export const bookmarkMeta = (revision: number, isInitialEnd: boolean): object => ({
  resourceVersion: String(revision),
  ...(isInitialEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
});

/** `head` + parts with `separator` between them + `tail`, in one buffer. */
export function joined(head: string, parts: readonly Buffer[], { separator = ',', tail }: { separator?: string; tail: string }): Buffer {
  const between = Buffer.from(separator);
  const all: Buffer[] = [Buffer.from(head)];
  for (const [i, part] of parts.entries()) {
    if (i > 0) all.push(between);
    all.push(part);
  }
  all.push(Buffer.from(tail));
  return Buffer.concat(all);
}

/** Bytes made of a cached object once, kept as long as it is. */
export function objectMemo<T>(make: (cached: CachedObject) => T): (cached: CachedObject) => T {
  const known = new WeakMap<CachedObject, { value: T }>();
  return (cached) => {
    let entry = known.get(cached);
    if (!entry) {
      entry = { value: make(cached) };
      known.set(cached, entry);
    }
    return entry.value;
  };
}
