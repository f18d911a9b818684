/** Verbs on the objects of one kind. */
import type { Kind } from '@t8s/api';
import { formatApiVersion, type KubeList, type KubeObject } from '@t8s/meta';
import type { Client } from './client.ts';
import { watchEvents } from './watch-events.ts';

/** Where a kind is served; every Kind is one. */
export type ResourceRef<T extends KubeObject = KubeObject> = Pick<
  Kind<T>,
  'group' | 'version' | 'kind' | 'resource' | 'namespaced' | 'objectType'
>;

export interface ObjectRef {
  namespace?: string;
  name: string;
}

export interface ListOptions {
  /** All namespaces where absent. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  signal?: AbortSignal;
}

export interface WatchOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  timeoutSeconds?: number;
  allowWatchBookmarks?: boolean;
}

export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

export interface GetOptions {
  resourceVersion?: string;
  signal?: AbortSignal;
}

export interface WriteOptions {
  dryRun?: boolean;
  fieldManager?: string;
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  signal?: AbortSignal;
}

export interface PatchOptions extends WriteOptions {
  type: 'merge' | 'strategic' | 'json' | 'apply';
  body: object;
  subresource?: string;
  /** Takes fields from other managers (apply only). */
  force?: boolean;
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
  signal?: AbortSignal;
}

/** Failures of the API are StatusErrors, of the connection ConnectionErrors. */
export interface ResourceClient<T extends KubeObject> {
  get(ref: ObjectRef, options?: GetOptions): Promise<T>;
  /** Each item says its kind, also where the server leaves that to the list. */
  list(options?: ListOptions): Promise<KubeList<T>>;
  /** Events until the server ends the watch or the signal aborts. An ERROR event is thrown as its StatusError. */
  watch(options?: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create(object: T, options?: WriteOptions): Promise<T>;
  update(object: T, options?: WriteOptions): Promise<T>;
  updateStatus(object: T, options?: WriteOptions): Promise<T>;
  patch(ref: ObjectRef, options: PatchOptions): Promise<T>;
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  deleteCollection(options?: ListOptions & DeleteOptions): Promise<void>;
  /** POSTs to a sub-resource: binding, eviction, token. */
  createSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object, options?: WriteOptions): Promise<R>;
  /** PUTs a sub-resource: scale, finalize. */
  updateSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object, options?: WriteOptions): Promise<R>;
  /** GETs a sub-resource: scale. */
  getSubresource<R extends object>(ref: ObjectRef, subresource: string): Promise<R>;
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export class RestResourceClient<T extends KubeObject> implements ResourceClient<T> {
  readonly #client: Client;
  readonly #kind: ResourceRef<T>;
  readonly #base: string;

  constructor(client: Client, kind: ResourceRef<T>) {
    this.#client = client;
    this.#kind = kind;
    this.#base = `${kind.group === '' ? '/api' : '/apis'}/${formatApiVersion(kind)}`;
  }

  get(ref: ObjectRef, { signal, ...query }: GetOptions = {}): Promise<T> {
    return this.#send('GET', this.#path(ref, query), { signal });
  }

  async list({ namespace, signal, ...query }: ListOptions = {}): Promise<KubeList<T>> {
    const list = await this.#send<KubeList<T & { kind?: string; apiVersion?: string }>>('GET', this.#path({ namespace }, query), {
      signal,
    });
    const apiVersion = formatApiVersion(this.#kind);
    // Go writes an empty list as null.
    list.items ??= [];
    for (const item of list.items) {
      item.kind ??= this.#kind.kind;
      item.apiVersion ??= apiVersion;
    }
    return list;
  }

  async *watch({ namespace, signal, ...query }: WatchOptions = {}): AsyncIterable<WatchEvent<T>> {
    const chunks = await this.#client.stream({
      method: 'GET',
      path: this.#path({ namespace }, { watch: true, ...query }),
      headers: { accept: 'application/json' },
      ...(signal && { signal }),
    });
    yield* watchEvents<T>(chunks);
  }

  create(object: T, options: WriteOptions = {}): Promise<T> {
    return this.#write('POST', { namespace: object.metadata.namespace }, this.#typed(object), options);
  }

  update(object: T, options: WriteOptions = {}): Promise<T> {
    return this.#write('PUT', refOf(object), this.#typed(object), options);
  }

  updateStatus(object: T, options: WriteOptions = {}): Promise<T> {
    return this.#write('PUT', { ...refOf(object), subresource: 'status' }, this.#typed(object), options);
  }

  patch(ref: ObjectRef, { type, body, subresource, force, signal, ...options }: PatchOptions): Promise<T> {
    const path = this.#path({ ...ref, subresource }, { ...writeQuery(options), ...(force && { force }) });
    return this.#send('PATCH', path, { body, contentType: patchTypes[type], signal });
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    await this.#send('DELETE', this.#path(ref), { body: deleteBody(options), signal: options.signal });
  }

  async deleteCollection({ namespace, labelSelector, fieldSelector, ...options }: ListOptions & DeleteOptions = {}): Promise<void> {
    const path = this.#path({ namespace }, { labelSelector, fieldSelector });
    await this.#send('DELETE', path, { body: deleteBody(options), signal: options.signal });
  }

  createSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object, options: WriteOptions = {}): Promise<R> {
    return this.#write('POST', { ...ref, subresource }, body, options);
  }

  updateSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object, options: WriteOptions = {}): Promise<R> {
    return this.#write('PUT', { ...ref, subresource }, body, options);
  }

  getSubresource<R extends object>(ref: ObjectRef, subresource: string): Promise<R> {
    return this.#send('GET', this.#path({ ...ref, subresource }), {});
  }

  #path({ namespace, name, subresource }: Target, query: object = {}): string {
    let path = this.#base;
    if (this.#kind.namespaced && namespace) path += `/namespaces/${encodeURIComponent(namespace)}`;
    path += `/${this.#kind.resource}`;
    if (name !== undefined) path += `/${encodeURIComponent(name)}`;
    if (subresource !== undefined) path += `/${subresource}`;
    let separator = '?';
    for (const [key, value] of Object.entries(query)) {
      if (value === undefined || value === '') continue;
      path += `${separator}${key}=${encodeURIComponent(String(value))}`;
      separator = '&';
    }
    return path;
  }

  /** Objects read from lists and watches don't say their kind; what is sent must. */
  #typed(object: T): T {
    return { ...object, apiVersion: formatApiVersion(this.#kind), kind: this.#kind.kind };
  }

  #write<R>(method: string, target: Target, body: object, { signal, ...options }: WriteOptions): Promise<R> {
    return this.#send(method, this.#path(target, writeQuery(options)), { body, signal });
  }

  async #send<R>(
    method: string,
    path: string,
    { body, contentType = 'application/json', signal }: { body?: object; contentType?: string; signal?: AbortSignal | undefined },
  ): Promise<R> {
    const answer = await this.#client.request({
      method,
      path,
      headers: { accept: 'application/json', ...(body && { 'content-type': contentType }) },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    return JSON.parse(answer.body.toString()) as R;
  }
}

/** What a path names: a collection, an object or a part of one. */
interface Target {
  namespace?: string | undefined;
  name?: string;
  subresource?: string | undefined;
}

function refOf({ metadata: { namespace, name = '' } }: KubeObject): ObjectRef {
  return { ...(namespace !== undefined && { namespace }), name };
}

function writeQuery({ dryRun, fieldManager, fieldValidation }: WriteOptions): object {
  return { ...(dryRun && { dryRun: 'All' }), fieldManager, fieldValidation };
}

function deleteBody({ gracePeriodSeconds, propagationPolicy, preconditions, dryRun }: DeleteOptions): object {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds,
    propagationPolicy,
    preconditions,
    ...(dryRun && { dryRun: ['All'] }),
  };
}
