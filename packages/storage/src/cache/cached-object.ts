import type { KubeObject } from '@t8s/meta';

/** One version of an object: parsed once, written once, shared by every reader. Nobody changes either. */
export interface CachedObject {
  /** `namespace/name`, or `name`. */
  key: string;
  object: KubeObject;
  /** The JSON clients read. */
  bytes: Buffer;
  revision: number;
}

/** One change of a resource. */
export interface CacheEvent {
  revision: number;
  /** Undefined where the object was deleted. */
  current: CachedObject | undefined;
  /** Undefined where it was created. */
  previous: CachedObject | undefined;
}

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** Lines of a watch's answer by event and type: framed for the first watcher, shared with the others. */
const frames = new WeakMap<CacheEvent, Map<WatchType, Buffer>>();

/** What a watch of `event` answers as `type`. A deleted object is told in its last state, at the revision of its deletion. */
export function watchFrame(event: CacheEvent, type: WatchType): Buffer {
  const known = frames.get(event) ?? new Map<WatchType, Buffer>();
  frames.set(event, known);
  const frame = known.get(type) ?? Buffer.concat([Buffer.from(`{"type":"${type}","object":`), eventBytes(event, type), Buffer.from('}\n')]);
  known.set(type, frame);
  return frame;
}

/** The object an event of this type shows. */
export function eventObject({ current, previous, revision }: CacheEvent, type: WatchType): KubeObject {
  if (type !== 'DELETED' && current) return current.object;
  const last = (previous ?? current)?.object ?? { metadata: {} };
  return { ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } };
}

function eventBytes(event: CacheEvent, type: WatchType): Buffer {
  return type !== 'DELETED' && event.current ? event.current.bytes : Buffer.from(JSON.stringify(eventObject(event, type)));
}
