/** ConfigMaps and Secrets that the node's pods refer to, each followed by a watch of its own while a pod needs it. */
import { type ConfigMap, configMapKind, type Pod, type Secret, secretKind } from '@t8s/api';
import type { Client, ResourceRef } from '@t8s/client';
import { Informer } from '@t8s/informer';
import { type KubeObject, notFound } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { ReferencedObjects } from './environment.ts';
import { referencedObjects } from './references.ts';

export interface ObjectWatchesOptions {
  client: Client;
  /** An object has changed: the pod is to be looked at again. */
  changed(uid: string): void;
  log: Logger;
  signal: AbortSignal;
}

interface Watched {
  informer: Informer<KubeObject>;
  users: Set<string>;
  abort: AbortController;
}

export class ObjectWatches implements ReferencedObjects {
  readonly #options: ObjectWatchesOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #byPod = new Map<string, Set<string>>();

  constructor(options: ObjectWatchesOptions) {
    this.#options = options;
  }

  /** Follows what the pod refers to; repeats are cheap. */
  use(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (this.#byPod.has(uid)) return;
    const namespace = pod.metadata.namespace ?? '';
    const keys = referencedObjects(pod).map(({ kind, name }) => `${kind}/${namespace}/${name}`);
    this.#byPod.set(uid, new Set(keys));
    for (const key of keys) this.#watch(key).users.add(uid);
  }

  release(uid: string): void {
    for (const key of this.#byPod.get(uid) ?? []) {
      const watched = this.#watched.get(key);
      watched?.users.delete(uid);
      if (watched?.users.size === 0) {
        watched.abort.abort();
        this.#watched.delete(key);
      }
    }
    this.#byPod.delete(uid);
  }

  configMap(namespace: string, name: string): Promise<ConfigMap> {
    return this.#get<ConfigMap>('configmap', namespace, name);
  }

  secret(namespace: string, name: string): Promise<Secret> {
    return this.#get<Secret>('secret', namespace, name);
  }

  async #get<T extends KubeObject>(kind: string, namespace: string, name: string): Promise<T> {
    const { informer } = this.#watch(`${kind}/${namespace}/${name}`);
    await informer.synced;
    const object = informer.get(`${namespace}/${name}`);
    if (!object) throw notFound({ group: '', resource: kind }, name);
    return object as T;
  }

  #watch(key: string): Watched {
    const known = this.#watched.get(key);
    if (known) return known;
    const { client, log, signal, changed } = this.#options;
    const [kind, namespace = '', name = ''] = key.split('/');
    const resource = (kind === 'secret' ? secretKind : configMapKind) as unknown as ResourceRef<KubeObject>;
    const informer = new Informer<KubeObject>({ client, kind: resource, namespace, fieldSelector: `metadata.name=${name}`, log });
    const abort = new AbortController();
    const watched: Watched = { informer, users: new Set(), abort };
    this.#watched.set(key, watched);
    let live = false;
    const tell = (): void => {
      // A handler is told first of what is there already: that is no change.
      if (live) for (const uid of watched.users) changed(uid);
    };
    void informer
      .run(AbortSignal.any([signal, abort.signal]))
      .catch((error: unknown) => log.warn({ object: key, err: error }, 'an object is followed no more'));
    void informer.synced.then(() => {
      informer.addHandler({ added: tell, updated: tell, deleted: tell });
      live = true;
    });
    return watched;
  }
}
