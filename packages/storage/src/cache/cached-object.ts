import type { KubeObject } from '@t8s/meta';
import { decodeObject, withRevision } from '../object-bytes.ts';

/** One version of an object: parsed once, written once, shared by every reader. Nobody changes either. */
export interface CachedObject {
  /** `namespace/name`, or `name`. */
  readonly key: string;
  readonly object: KubeObject;
  /** The JSON clients read. */
  readonly bytes: Buffer;
  readonly revision: number;
}

/** One change of a resource. */
export interface CacheEvent {
  readonly revision: number;
  /** Undefined where the object was deleted. */
  readonly current: CachedObject | undefined;
  /** Undefined where it was created. */
  readonly previous: CachedObject | undefined;
}

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED';

const lineEnd = Buffer.from('}\n');
const lineStart = (type: WatchType): Buffer => Buffer.from(`{"type":"${type}","object":`);
const starts = { ADDED: lineStart('ADDED'), MODIFIED: lineStart('MODIFIED'), DELETED: lineStart('DELETED') };

export interface VersionOptions {
  key: string;
  revision: number;
  /** As it is in the store: without a revision. */
  stored: Buffer;
  /** The parsed object where it is known; its resourceVersion is set. Throws SyntaxError where it isn't and the bytes aren't JSON. */
  object?: KubeObject;
  /** What most watchers will be told. */
  type: 'ADDED' | 'MODIFIED';
}

/**
 * A version as the cache holds it: one buffer holds the line of a watch, and the JSON for reads within it. The parsed object stays
 * until a newer version takes this one's place.
 */
export class Version implements CachedObject {
  readonly key: string;
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED';
  readonly line: Buffer;
  #object: KubeObject | undefined;

  constructor({ key, revision, stored, object, type }: VersionOptions) {
    this.key = key;
    this.revision = revision;
    this.type = type;
    this.#object = object ?? decodeObject(stored, revision);
    this.#object.metadata.resourceVersion = String(revision);
    this.line = withRevision(stored, revision, { before: starts[type], after: lineEnd });
  }

  get object(): KubeObject {
    return this.#object ?? decodeObject(this.bytes, this.revision);
  }

  /** The version is of the past: few will ask for its object, and who does has it parsed anew. */
  retire(): void {
    this.#object = undefined;
  }

  get bytes(): Buffer {
    return this.line.subarray(starts[this.type].length, this.line.length - lineEnd.length);
  }
}

/** Lines of deletions: made for the first watcher, shared with the others. */
const deletions = new WeakMap<CacheEvent, Buffer>();

/** What a watch of `event` answers as `type`. A deleted object is told in its last state, at the revision of its deletion. */
export function watchFrame(event: CacheEvent, type: WatchType): Buffer {
  const { current } = event;
  if (type !== 'DELETED' && current)
    return current instanceof Version && current.type === type ? current.line : Buffer.concat([starts[type], current.bytes, lineEnd]);
  const known = deletions.get(event);
  if (known) return known;
  const line = Buffer.concat([starts[type], Buffer.from(JSON.stringify(eventObject(event, type))), lineEnd]);
  deletions.set(event, line);
  return line;
}

/** The object an event of this type shows. */
export function eventObject({ current, previous, revision }: CacheEvent, type: WatchType): KubeObject {
  if (type !== 'DELETED' && current) return current.object;
  const last = (previous ?? current)?.object ?? { metadata: {} };
  return { ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } };
}
