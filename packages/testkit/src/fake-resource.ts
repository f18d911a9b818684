/** The verbs of one kind over a FakeStore. */
import type {
  DeleteOptions,
  ListOptions,
  ObjectRef,
  PatchOptions,
  ResourceClient,
  ResourceRef,
  WatchEvent,
  WatchOptions,
} from '@t8s/client';
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch } from '@t8s/codec';
import { badRequest, conflict, type KubeList, type KubeObject, parseFieldSelector, parseLabelSelector } from '@t8s/meta';
import type { Action } from './fake-client.ts';
import type { FakeStore } from './fake-store.ts';

type Json = Record<string, unknown>;

export class FakeResource implements ResourceClient<KubeObject> {
  readonly #store: FakeStore;
  readonly #kind: ResourceRef;
  readonly #onAction: (action: Action) => void;

  constructor({ store, kind, record }: { store: FakeStore; kind: ResourceRef; record: (action: Action) => void }) {
    this.#store = store;
    this.#kind = kind;
    this.#onAction = record;
  }

  async get(ref: ObjectRef): Promise<KubeObject> {
    this.#record('get', ref);
    return this.#store.read(this.#kind, ref);
  }

  async list(options: ListOptions = {}): Promise<KubeList> {
    this.#record('list', options);
    return {
      metadata: { resourceVersion: String(this.#store.version) },
      items: this.#store.all(this.#kind).filter((object) => selected(object, options)),
    };
  }

  async *watch({ resourceVersion = '0', signal, ...scope }: WatchOptions = {}): AsyncIterable<WatchEvent<KubeObject>> {
    for await (const event of this.#store.events(this.#kind, Number(resourceVersion), signal))
      if (selected(event.object, scope)) yield event;
  }

  async create(object: KubeObject): Promise<KubeObject> {
    this.#record('create', object.metadata, undefined, object);
    return this.#store.insert(this.#kind, object);
  }

  async update(object: KubeObject): Promise<KubeObject> {
    this.#record('update', object.metadata, undefined, object);
    return this.#store.replace(this.#kind, object, undefined);
  }

  async updateStatus(object: KubeObject): Promise<KubeObject> {
    this.#record('update', object.metadata, 'status', object);
    return this.#store.replace(this.#kind, object, 'status');
  }

  async patch(ref: ObjectRef, { type, body, subresource }: PatchOptions): Promise<KubeObject> {
    this.#record('patch', ref, subresource, body);
    const current = this.#store.read(this.#kind, ref);
    return this.#store.replace(this.#kind, this.#patched(current, type, body), subresource);
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    this.#record('delete', ref, undefined, options);
    this.#store.remove(this.#kind, ref, options);
  }

  async deleteCollection(options: ListOptions & DeleteOptions = {}): Promise<void> {
    this.#record('deletecollection', options);
    for (const object of this.#store.all(this.#kind))
      if (selected(object, options)) this.#store.remove(this.#kind, { ...object.metadata, name: object.metadata.name ?? '' }, options);
  }

  async createSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object): Promise<R> {
    this.#record('create', ref, subresource, body);
    if (subresource === 'binding') this.#bind(ref, body as { metadata?: { uid?: string }; target: { name: string } });
    return body as R;
  }

  async updateSubresource<R extends object>(ref: ObjectRef, subresource: string, body: object): Promise<R> {
    this.#record('update', ref, subresource, body);
    return this.#store.replace(this.#kind, body as KubeObject, subresource) as unknown as R;
  }

  async getSubresource<R extends object>(ref: ObjectRef, subresource: string): Promise<R> {
    this.#record('get', ref, subresource);
    return this.#store.read(this.#kind, ref) as unknown as R;
  }

  #patched(object: KubeObject, type: PatchOptions['type'], body: object): KubeObject {
    // Whatever came through JSON is Json; the types of objects just say more.
    const current = object as unknown as Json;
    const apply = (): Json => {
      switch (type) {
        case 'json':
          return applyJsonPatch(current, body);
        case 'merge':
          return applyMergePatch(current, body as Json);
        case 'strategic':
          return applyStrategicMergePatch(current, body as Json, this.#kind.kind);
        case 'apply':
          throw badRequest('the fake apiserver does not do server-side apply');
      }
    };
    return apply() as unknown as KubeObject;
  }

  #bind(ref: ObjectRef, { metadata, target }: { metadata?: { uid?: string }; target: { name: string } }): void {
    const pod = this.#store.read(this.#kind, ref) as KubeObject & { spec: { nodeName?: string } };
    const refuse = (why: string): never => {
      throw conflict({ group: '', resource: 'pods/binding' }, ref.name, why);
    };
    if (metadata?.uid !== undefined && metadata.uid !== pod.metadata.uid) refuse('the UID in the precondition does not match');
    if (pod.metadata.deletionTimestamp) refuse(`pod ${ref.name} is being deleted, cannot be assigned to a host`);
    if (pod.spec.nodeName) refuse(`pod ${ref.name} is already assigned to node "${pod.spec.nodeName}"`);
    const bound = { ...pod, spec: { ...pod.spec, nodeName: target.name } };
    this.#store.replace(this.#kind, bound, undefined);
  }

  #record(verb: string, { namespace, name }: { namespace?: string; name?: string }, subresource?: string, object?: object): void {
    const resource = subresource === undefined ? this.#kind.resource : `${this.#kind.resource}/${subresource}`;
    this.#onAction({ verb, resource, namespace, name, ...(object && { object: structuredClone(object) }) });
  }
}

function selected(object: KubeObject, { namespace, labelSelector, fieldSelector }: ListOptions): boolean {
  if (namespace && object.metadata.namespace !== namespace) return false;
  if (labelSelector && !parseLabelSelector(labelSelector).matches(object.metadata.labels)) return false;
  const { spec, type = '', involvedObject } = object as { spec?: { nodeName?: string }; type?: string; involvedObject?: { kind?: string } };
  const fields = {
    'metadata.name': object.metadata.name ?? '',
    'metadata.namespace': object.metadata.namespace ?? '',
    'spec.nodeName': spec?.nodeName ?? '',
    type,
    'involvedObject.kind': involvedObject?.kind ?? '',
  };
  return !fieldSelector || parseFieldSelector(fieldSelector).matches(fields);
}
