/**
 * An apiserver in memory behind the Client interface, for tests of what stands on it. Keeps the promises controllers rely on:
 * versions that grow, conflicts, uids, generations, finalizers, status apart from spec, watches that miss nothing.
 * Does no defaulting, validation, admission or selection by fields other than metadata.
 */

import { kinds } from '@t8s/api';
import { type Clock, systemClock } from '@t8s/async';
import type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectRef,
  PatchOptions,
  ResourceClient,
  ResourceRef,
  WatchEvent,
  WatchOptions,
} from '@t8s/client';
import { applyMergePatch, applyStrategicMergePatch } from '@t8s/codec';
import {
  alreadyExists,
  conflict,
  formatTime,
  type KubeList,
  type KubeObject,
  notFound,
  objectModified,
  parseFieldSelector,
  parseLabelSelector,
  unknownPath,
} from '@t8s/meta';

type Json = Record<string, unknown>;

interface Stored {
  resource: string;
  object: KubeObject;
}

/** A request seen, for assertions: `create pods`, `patch nodes/status`. */
export interface Action {
  verb: string;
  resource: string;
  namespace?: string | undefined;
  name?: string | undefined;
  object?: object;
}

export class FakeClient implements Client {
  readonly actions: Action[] = [];
  readonly #clock: Clock;
  readonly #objects = new Map<string, KubeObject>();
  readonly #log: { type: WatchEvent<KubeObject>['type']; stored: Stored; version: number }[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #reactions: ((action: Action) => void)[] = [];
  #version = 0;

  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock;
  }

  /** Lets a test answer a request with an error: what `react` throws is what the caller gets. */
  onAction(react: (action: Action) => void): void {
    this.#reactions.push(react);
  }

  resource<T extends KubeObject>(kind: ResourceRef<T>): ResourceClient<T> {
    // The store forgets T; a kind's name restores it.
    return new FakeResource(this, kind) as unknown as ResourceClient<T>;
  }

  request(): never {
    throw unknownPath();
  }

  stream(): never {
    throw unknownPath();
  }

  upgrade(): never {
    throw unknownPath();
  }

  /** Discovery of the kinds of @t8s/api, enough for controllers that work on every kind. */
  async getJson<T>(path: string): Promise<T> {
    const groups = new Map(kinds.filter((k) => k.group !== '').map((k) => [k.group, k.version]));
    if (path === '/apis')
      return {
        kind: 'APIGroupList',
        groups: [...groups].map(([name, version]) => ({
          name,
          versions: [{ groupVersion: `${name}/${version}`, version }],
          preferredVersion: { groupVersion: `${name}/${version}`, version },
        })),
      } as T;
    const served = kinds.filter((k) => path === (k.group === '' ? `/api/${k.version}` : `/apis/${k.group}/${k.version}`));
    if (served.length === 0) throw unknownPath();
    return {
      kind: 'APIResourceList',
      resources: served.map(({ resource, kind, namespaced }) => ({
        name: resource,
        kind,
        namespaced,
        verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      })),
    } as T;
  }

  close(): void {
    this.#watchers.clear();
  }

  record(action: Action): void {
    this.actions.push(action);
    for (const react of this.#reactions) react(action);
  }

  read(kind: ResourceRef, ref: ObjectRef): KubeObject {
    const object = this.#objects.get(storeKey(kind, ref));
    if (!object) throw notFound(kind, ref.name);
    return structuredClone(object);
  }

  all(kind: ResourceRef): KubeObject[] {
    const prefix = `${kind.group}/${kind.resource} `;
    return [...this.#objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => structuredClone(object));
  }

  get version(): number {
    return this.#version;
  }

  insert(kind: ResourceRef, object: KubeObject): KubeObject {
    const { generateName, name = generateName === undefined ? '' : `${generateName}${(this.#version + 1).toString(36).padStart(5, '0')}` } =
      object.metadata;
    const key = storeKey(kind, { ...object.metadata, name });
    if (this.#objects.has(key)) throw alreadyExists(kind, name);
    const stored = structuredClone(object);
    const { status: _, ...withoutStatus } = stored as KubeObject & { status?: object };
    // Objects made for a test may come with their status; those made by controllers don't have one.
    const kept = object.metadata.uid === undefined ? stored : withoutStatus;
    kept.metadata = {
      creationTimestamp: formatTime(this.#clock.now()),
      generation: 1,
      ...kept.metadata,
      name,
      uid: object.metadata.uid ?? `uid-${this.#version + 1}`,
    };
    return this.#write(kind, 'ADDED', key, kept);
  }

  replace(kind: ResourceRef, object: KubeObject, subresource: string | undefined): KubeObject {
    const key = storeKey(kind, { ...object.metadata, name: object.metadata.name ?? '' });
    const current = this.read(kind, { ...object.metadata, name: object.metadata.name ?? '' }) as KubeObject & {
      spec?: object;
      status?: object;
    };
    const { resourceVersion, uid } = object.metadata;
    if (
      (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) ||
      (uid !== undefined && uid !== current.metadata.uid)
    )
      throw conflict(kind, object.metadata.name ?? '', objectModified);
    const next = structuredClone(object) as KubeObject & { spec?: object; status?: object };
    if (subresource === 'status') {
      next.spec = current.spec;
      next.metadata = { ...current.metadata, annotations: next.metadata.annotations };
    } else {
      next.status = current.status;
      if (next.status === undefined) delete next.status;
    }
    const hasNewSpec = JSON.stringify(next.spec) !== JSON.stringify(current.spec);
    next.metadata = {
      ...next.metadata,
      uid: current.metadata.uid,
      creationTimestamp: current.metadata.creationTimestamp,
      deletionTimestamp: current.metadata.deletionTimestamp,
      generation: (current.metadata.generation ?? 1) + (hasNewSpec ? 1 : 0),
    };
    if (next.metadata.deletionTimestamp === undefined) delete next.metadata.deletionTimestamp;
    if (next.metadata.deletionTimestamp && (next.metadata.finalizers ?? []).length === 0) return this.#write(kind, 'DELETED', key, next);
    return JSON.stringify(next) === JSON.stringify(current) ? current : this.#write(kind, 'MODIFIED', key, next);
  }

  remove(kind: ResourceRef, ref: ObjectRef, { preconditions, propagationPolicy }: DeleteOptions): void {
    const object = this.read(kind, ref);
    if (preconditions?.uid !== undefined && preconditions.uid !== object.metadata.uid)
      throw conflict(kind, ref.name, 'the UID in the precondition does not match the UID in record');
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

  /** Events after `version`, then those to come, until the signal aborts. */
  async *events(resource: string, version: number, signal: AbortSignal | undefined): AsyncIterable<WatchEvent<KubeObject>> {
    for (let at = this.#log.findIndex((e) => e.version > version); ; ) {
      if (at < 0) at = this.#log.length;
      for (; at < this.#log.length; at++) {
        const entry = this.#log[at];
        if (entry?.stored.resource === resource) yield { type: entry.type, object: structuredClone(entry.stored.object) };
      }
      if (signal?.aborted) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#watchers.delete(wake);
          resolve();
        };
        this.#watchers.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
      if (signal?.aborted) return;
    }
  }

  #write(kind: ResourceRef, type: WatchEvent<KubeObject>['type'], key: string, object: KubeObject): KubeObject {
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    if (type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, object);
    this.#log.push({
      type,
      stored: { resource: `${kind.group}/${kind.resource}`, object: structuredClone(object) },
      version: this.#version,
    });
    for (const wake of [...this.#watchers]) wake();
    return structuredClone(object);
  }
}

const storeKey = (kind: ResourceRef, { namespace, name }: ObjectRef): string =>
  `${kind.group}/${kind.resource} ${kind.namespaced ? (namespace ?? '') : ''}/${name}`;

class FakeResource implements ResourceClient<KubeObject> {
  readonly #fake: FakeClient;
  readonly #kind: ResourceRef;

  constructor(fake: FakeClient, kind: ResourceRef) {
    this.#fake = fake;
    this.#kind = kind;
  }

  async get(ref: ObjectRef): Promise<KubeObject> {
    this.#record('get', ref);
    return this.#fake.read(this.#kind, ref);
  }

  async list(options: ListOptions = {}): Promise<KubeList> {
    this.#record('list', options);
    return {
      metadata: { resourceVersion: String(this.#fake.version) },
      items: this.#fake.all(this.#kind).filter((object) => selected(object, options)),
    };
  }

  async *watch({ resourceVersion = '0', signal, ...scope }: WatchOptions = {}): AsyncIterable<WatchEvent<KubeObject>> {
    const resource = `${this.#kind.group}/${this.#kind.resource}`;
    for await (const event of this.#fake.events(resource, Number(resourceVersion), signal)) if (selected(event.object, scope)) yield event;
  }

  async create(object: KubeObject): Promise<KubeObject> {
    this.#record('create', object.metadata, undefined, object);
    return this.#fake.insert(this.#kind, object);
  }

  async update(object: KubeObject): Promise<KubeObject> {
    this.#record('update', object.metadata, undefined, object);
    return this.#fake.replace(this.#kind, object, undefined);
  }

  async updateStatus(object: KubeObject): Promise<KubeObject> {
    this.#record('update', object.metadata, 'status', object);
    return this.#fake.replace(this.#kind, object, 'status');
  }

  async patch(ref: ObjectRef, { type, body, subresource }: PatchOptions): Promise<KubeObject> {
    this.#record('patch', ref, subresource, body);
    // Whatever came through JSON is Json; the types of objects just say more.
    const current = this.#fake.read(this.#kind, ref) as unknown as Json;
    const patched =
      type === 'strategic' ? applyStrategicMergePatch(current, body as Json, this.#kind.kind) : applyMergePatch(current, body as Json);
    return this.#fake.replace(this.#kind, patched as unknown as KubeObject, subresource);
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    this.#record('delete', ref, undefined, options);
    this.#fake.remove(this.#kind, ref, options);
  }

  async deleteCollection(options: ListOptions & DeleteOptions = {}): Promise<void> {
    this.#record('deletecollection', options);
    for (const object of this.#fake.all(this.#kind))
      if (selected(object, options)) this.#fake.remove(this.#kind, { ...object.metadata, name: object.metadata.name ?? '' }, options);
  }

  async createSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object): Promise<R> {
    this.#record('create', ref, subresource, body);
    if (subresource === 'binding') {
      const pod = this.#fake.read(this.#kind, ref) as KubeObject & { spec: object };
      this.#fake.replace(
        this.#kind,
        { ...pod, spec: { ...pod.spec, nodeName: (body as { target: { name: string } }).target.name } } as KubeObject,
        undefined,
      );
    }
    return body as R;
  }

  async updateSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object): Promise<R> {
    this.#record('update', ref, subresource, body);
    return this.#fake.replace(this.#kind, body as KubeObject, subresource) as unknown as R;
  }

  async getSubresource<R extends object>(ref: ObjectRef, subresource: string): Promise<R> {
    this.#record('get', ref, subresource);
    return this.#fake.read(this.#kind, ref) as unknown as R;
  }

  #record(verb: string, { namespace, name }: { namespace?: string; name?: string }, subresource?: string, object?: object): void {
    const resource = subresource === undefined ? this.#kind.resource : `${this.#kind.resource}/${subresource}`;
    this.#fake.record({ verb, resource, namespace, name, ...(object && { object: structuredClone(object) }) });
  }
}

function selected(object: KubeObject, { namespace, labelSelector, fieldSelector }: ListOptions): boolean {
  if (namespace && object.metadata.namespace !== namespace) return false;
  if (labelSelector && !parseLabelSelector(labelSelector).matches(object.metadata.labels)) return false;
  const spec = (object as { spec?: { nodeName?: string } }).spec;
  const fields = {
    'metadata.name': object.metadata.name ?? '',
    'metadata.namespace': object.metadata.namespace ?? '',
    'spec.nodeName': spec?.nodeName ?? '',
  };
  return !fieldSelector || parseFieldSelector(fieldSelector).matches(fields);
}
