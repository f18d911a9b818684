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

export interface WriteOptions {
  dryRun?: boolean;
  fieldManager?: string;
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
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
}

/** Failures of the API are StatusErrors, of the connection ConnectionErrors. */
export interface ResourceClient<T extends KubeObject> {
  get(ref: ObjectRef): Promise<T>;
  list(options?: ListOptions): Promise<KubeList<T>>;
  /** Events until the server ends the watch or the signal aborts. An ERROR event is thrown as its StatusError. */
  watch(options?: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create(object: T, options?: WriteOptions): Promise<T>;
  update(object: T, options?: WriteOptions): Promise<T>;
  updateStatus(object: T): Promise<T>;
  patch(ref: ObjectRef, options: PatchOptions): Promise<T>;
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  deleteCollection(options?: ListOptions & DeleteOptions): Promise<void>;
  /** POSTs to a sub-resource: binding, eviction, token. */
  createSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object): Promise<R>;
  /** PUTs a sub-resource: scale, finalize. */
  updateSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object): Promise<R>;
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

  constructor(client: Client, kind: ResourceRef<T>) {
    this.#client = client;
    this.#kind = kind;
  }

  get(ref: ObjectRef): Promise<T> {
    return this.#json('GET', this.#path(ref));
  }

  list({ namespace, signal, ...query }: ListOptions = {}): Promise<KubeList<T>> {
    return this.#json('GET', this.#path({ namespace }, query), undefined, signal);
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

  create(object: T, options?: WriteOptions): Promise<T> {
    return this.#json('POST', this.#path({ namespace: object.metadata.namespace }, writeQuery(options)), this.#typed(object));
  }

  update(object: T, options?: WriteOptions): Promise<T> {
    return this.#json('PUT', this.#path(refOf(object), writeQuery(options)), this.#typed(object));
  }

  updateStatus(object: T): Promise<T> {
    return this.#json('PUT', this.#path({ ...refOf(object), subresource: 'status' }), this.#typed(object));
  }

  async patch(ref: ObjectRef, { type, body, subresource, force, ...options }: PatchOptions): Promise<T> {
    const path = this.#path({ ...ref, subresource }, { ...writeQuery(options), ...(force && { force }) });
    const answer = await this.#client.request({
      method: 'PATCH',
      path,
      body: JSON.stringify(body),
      headers: { accept: 'application/json', 'content-type': patchTypes[type] },
    });
    return JSON.parse(answer.body.toString()) as T;
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    await this.#json('DELETE', this.#path(ref), deleteBody(options));
  }

  async deleteCollection({ namespace, labelSelector, fieldSelector, ...options }: ListOptions & DeleteOptions = {}): Promise<void> {
    await this.#json('DELETE', this.#path({ namespace }, { labelSelector, fieldSelector }), deleteBody(options));
  }

  createSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object): Promise<R> {
    return this.#json('POST', this.#path({ ...ref, subresource }), body);
  }

  updateSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object): Promise<R> {
    return this.#json('PUT', this.#path({ ...ref, subresource }), body);
  }

  getSubresource<R extends object>(ref: ObjectRef, subresource: string): Promise<R> {
    return this.#json('GET', this.#path({ ...ref, subresource }));
  }

  #path(
    { namespace, name, subresource }: { namespace?: string; name?: string; subresource?: string },
    query: Record<string, unknown> = {},
  ): string {
    const { resource, namespaced } = this.#kind;
    const apiVersion = formatApiVersion(this.#kind);
    const segments = [
      this.#kind.group === '' ? '/api' : '/apis',
      apiVersion,
      ...(namespaced && namespace ? ['namespaces', encodeURIComponent(namespace)] : []),
      resource,
    ];
    if (name !== undefined) segments.push(encodeURIComponent(name));
    if (subresource !== undefined) segments.push(subresource);
    const params = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== '') params.set(key, String(value));
    return segments.join('/') + (params.size > 0 ? `?${params}` : '');
  }

  /** Objects read from lists and watches don't say their kind; what is sent must. */
  #typed(object: T): T {
    return { ...object, apiVersion: formatApiVersion(this.#kind), kind: this.#kind.kind };
  }

  async #json<R>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<R> {
    const headers = { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) };
    const answer = await this.#client.request({
      method,
      path,
      headers,
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    return JSON.parse(answer.body.toString()) as R;
  }
}

function refOf({ metadata: { namespace, name = '' } }: KubeObject): ObjectRef {
  return { ...(namespace !== undefined && { namespace }), name };
}

function writeQuery({ dryRun, fieldManager, fieldValidation }: WriteOptions = {}): Record<string, unknown> {
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
