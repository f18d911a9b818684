/** Objects in memory with versions, conflicts, finalizers and a log to watch: what FakeClient keeps. */
import { type Clock, systemClock } from '@t8s/async';
import type { DeleteOptions, ObjectRef, ResourceRef, WatchEvent } from '@t8s/client';
import {
  alreadyExists,
  badRequest,
  conflict,
  formatTime,
  type KubeObject,
  notFound,
  objectModified,
  tooOldResourceVersion,
} from '@t8s/meta';

interface Entry {
  type: WatchEvent<KubeObject>['type'];
  resource: string;
  object: KubeObject;
  version: number;
}

type Typed = KubeObject & { spec?: object; status?: object };

export class FakeStore {
  readonly #clock: Clock;
  readonly #objects = new Map<string, KubeObject>();
  readonly #watchers = new Set<() => void>();
  #log: Entry[] = [];
  /** The log holds what came after this version. */
  #compacted = 0;
  #version = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  get version(): number {
    return this.#version;
  }

  read(kind: ResourceRef, ref: ObjectRef): KubeObject {
    const object = this.#objects.get(storeKey(kind, ref));
    if (!object) throw notFound(kind, ref.name);
    return structuredClone(object);
  }

  all(kind: ResourceRef): KubeObject[] {
    const prefix = `${resourceKey(kind)} `;
    return [...this.#objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => structuredClone(object));
  }

  insert(kind: ResourceRef, object: KubeObject): KubeObject {
    if (object.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
    const { generateName, name = generateName === undefined ? '' : `${generateName}${(this.#version + 1).toString(36).padStart(5, '0')}` } =
      object.metadata;
    const key = storeKey(kind, { ...object.metadata, name });
    if (this.#objects.has(key)) throw alreadyExists(kind, name);
    const stored: Typed = structuredClone(object);
    // Objects made for a test may come with their status; those made by controllers don't have one.
    if (object.metadata.uid !== undefined) delete stored.status;
    stored.metadata = {
      creationTimestamp: formatTime(this.#clock.now()),
      generation: 1,
      ...stored.metadata,
      name,
      uid: object.metadata.uid ?? `uid-${this.#version + 1}`,
    };
    return this.#write(kind, 'ADDED', key, stored);
  }

  /** An update: of everything but the status, or of the status alone. Writes nothing where nothing changes. */
  replace(kind: ResourceRef, object: KubeObject, subresource: string | undefined): KubeObject {
    const ref = { ...object.metadata, name: object.metadata.name ?? '' };
    const current = this.read(kind, ref) as Typed;
    const { resourceVersion, uid } = object.metadata;
    if (
      (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) ||
      (uid !== undefined && uid !== current.metadata.uid)
    )
      throw conflict(kind, ref.name, objectModified);
    const next: Typed = structuredClone(object);
    if (subresource === 'status' || subresource === 'approval') {
      next.spec = current.spec;
      next.metadata = { ...current.metadata, annotations: next.metadata.annotations };
    } else {
      next.status = current.status;
      if (next.status === undefined) delete next.status;
    }
    const hasNewSpec = JSON.stringify(next.spec) !== JSON.stringify(current.spec);
    next.metadata = {
      ...next.metadata,
      resourceVersion: current.metadata.resourceVersion,
      uid: current.metadata.uid,
      creationTimestamp: current.metadata.creationTimestamp,
      deletionTimestamp: current.metadata.deletionTimestamp,
      generation: (current.metadata.generation ?? 1) + (hasNewSpec ? 1 : 0),
    };
    if (next.metadata.deletionTimestamp === undefined) delete next.metadata.deletionTimestamp;
    const key = storeKey(kind, ref);
    if (next.metadata.deletionTimestamp && (next.metadata.finalizers ?? []).length === 0) return this.#write(kind, 'DELETED', key, next);
    return JSON.stringify(next) === JSON.stringify(current) ? current : this.#write(kind, 'MODIFIED', key, next);
  }

  /** Removes, or marks as being deleted where finalizers hold the object. No grace period: there is no kubelet to end it. */
  remove(kind: ResourceRef, ref: ObjectRef, { preconditions, propagationPolicy }: DeleteOptions): void {
    const object = this.read(kind, ref);
    for (const [what, name] of [
      ['uid', 'UID'],
      ['resourceVersion', 'ResourceVersion'],
    ] as const) {
      const wanted = preconditions?.[what];
      if (wanted !== undefined && wanted !== object.metadata[what])
        throw conflict(
          kind,
          ref.name,
          `the ${name} in the precondition (${wanted}) does not match the ${name} in record (${object.metadata[what]})`,
        );
    }
    const finalizers = [
      ...(object.metadata.finalizers ?? []),
      ...(propagationPolicy === 'Foreground' ? ['foregroundDeletion'] : propagationPolicy === 'Orphan' ? ['orphan'] : []),
    ];
    if (finalizers.length === 0) this.#write(kind, 'DELETED', storeKey(kind, ref), object);
    else if (!object.metadata.deletionTimestamp)
      this.#write(kind, 'MODIFIED', storeKey(kind, ref), {
        ...object,
        metadata: { ...object.metadata, finalizers, deletionTimestamp: formatTime(this.#clock.now()) },
      });
  }

  /** Events after `version`, then those to come, until the signal aborts. Throws Expired where the log no longer goes back so far. */
  async *events(kind: ResourceRef, version: number, signal: AbortSignal | undefined): AsyncIterable<WatchEvent<KubeObject>> {
    const resource = resourceKey(kind);
    for (let seen = version; !signal?.aborted; ) {
      if (seen < this.#compacted) throw tooOldResourceVersion(seen, this.#compacted);
      for (const entry of this.#log.slice(this.#indexAfter(seen))) {
        seen = entry.version;
        if (entry.resource === resource) yield { type: entry.type, object: structuredClone(entry.object) };
        if (signal?.aborted) return;
      }
      if (seen < this.#version) continue;
      await this.#nextWrite(signal);
    }
  }

  /** Forgets the log, as etcd does after a while: watches from earlier versions expire. */
  compact(): void {
    this.#log = [];
    this.#compacted = this.#version;
    this.wake();
  }

  /** Lets every watcher look again. */
  wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Versions in the log are consecutive. */
  #indexAfter(version: number): number {
    return Math.max(0, version - this.#compacted);
  }

  #nextWrite(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const watcher = (): void => {
        this.#watchers.delete(watcher);
        signal?.removeEventListener('abort', watcher);
        resolve();
      };
      this.#watchers.add(watcher);
      signal?.addEventListener('abort', watcher, { once: true });
    });
  }

  #write(kind: ResourceRef, type: Entry['type'], key: string, object: KubeObject): KubeObject {
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    if (type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, object);
    this.#log.push({ type, resource: resourceKey(kind), object: structuredClone(object), version: this.#version });
    this.wake();
    return structuredClone(object);
  }
}

const resourceKey = ({ group, resource }: ResourceRef): string => `${group}/${resource}`;

const storeKey = (kind: ResourceRef, { namespace, name }: ObjectRef): string =>
  `${resourceKey(kind)} ${kind.namespaced ? (namespace ?? '') : ''}/${name}`;
