/** Informers of every kind that is served, while kinds come and go. */
import { apiServiceKind, customResourceDefinitionKind, eventKind, eventsEventKind } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client, ResourceRef } from '@t8s/client';
import type { Informer, InformerSet } from '@t8s/informer';
import { formatApiVersion, type KubeObject } from '@t8s/meta';
import { type DiscoveryFailure, deletableResources, resourceKey } from '../../discovery/resources.ts';

export interface WatchedKindsOptions {
  client: Client;
  informers: InformerSet;
  clock: Clock;
  observe(resource: ResourceRef<KubeObject>, object: KubeObject): void;
  forget(uid: string): void;
  /** What brings kinds has changed: `refresh` should be called. */
  changed(): void;
}

interface Watched {
  resource: ResourceRef<KubeObject>;
  informer: Informer<KubeObject>;
  /** When it began. */
  since: number;
}

/** How long the first list of a kind may take. Milliseconds. */
const maxWaitMs = 30_000;

/** Events own nothing and are owned by nothing, and there are many of them (upstream ignores them too). */
const ignored = new Set([eventKind, eventsEventKind].map(resourceKey));
/** Kinds that bring kinds. */
const bringers = new Set([resourceKey(customResourceDefinitionKind), resourceKey(apiServiceKind)]);

export class WatchedKinds {
  readonly #options: WatchedKindsOptions;
  readonly #watched = new Map<string, Watched>();
  #byKind: ReadonlyMap<string, ResourceRef<KubeObject>> = new Map();

  constructor(options: WatchedKindsOptions) {
    this.#options = options;
  }

  /** Whether the first list of a kind is still to be waited for: one that can't be listed is no reason to wait for ever. */
  get isFilling(): boolean {
    const now = this.#options.clock.now();
    return [...this.#watched.values()].some(({ informer, since }) => !informer.hasSynced && now - since < maxWaitMs);
  }

  /** Resolves when there is nothing to wait for any more. */
  async synced(): Promise<void> {
    const { clock } = this.#options;
    const timeout = new Promise<void>((resolve) => clock.after(maxWaitMs, resolve));
    await Promise.race([timeout, Promise.all([...this.#watched.values()].map(({ informer }) => informer.synced))]);
  }

  find(apiVersion: string, kind: string): ResourceRef<KubeObject> | undefined {
    return this.#byKind.get(`${apiVersion} ${kind}`);
  }

  /** Watches what discovery offers, and no longer what it doesn't. Returns what it could not tell: kinds of those groups stay. */
  async refresh(): Promise<DiscoveryFailure[]> {
    const { resources, byKind, failures } = await deletableResources(this.#options.client);
    this.#byKind = byKind;
    const offered = new Map(resources.map((resource) => [resourceKey(resource), resource]));
    const unknown = new Set(failures.map(({ groupVersion }) => groupVersion));
    for (const [key, watched] of this.#watched) {
      const now = offered.get(key);
      const isSame = now !== undefined && formatApiVersion(now) === formatApiVersion(watched.resource);
      if (!isSame && !unknown.has(formatApiVersion(watched.resource))) this.#leave(key, watched, now === undefined);
    }
    for (const [key, resource] of offered) if (!ignored.has(key) && !this.#watched.has(key)) this.#watch(key, resource);
    return failures;
  }

  #watch(key: string, resource: ResourceRef<KubeObject>): void {
    const { informers, clock, observe, forget, changed } = this.#options;
    const informer = informers.informer(resource, { transform: metadataOnly });
    this.#watched.set(key, { resource, informer, since: clock.now() });
    const observed = (object: KubeObject): void => observe(resource, object);
    informer.addHandler({ added: observed, updated: observed, deleted: (object) => forget(object.metadata.uid ?? '') });
    if (bringers.has(key)) informer.addHandler({ added: changed, updated: changed, deleted: changed });
  }

  #leave(key: string, { resource, informer }: Watched, isGone: boolean): void {
    this.#watched.delete(key);
    this.#options.informers.drop(resource);
    if (isGone) for (const { metadata } of informer.list()) this.#options.forget(metadata.uid ?? '');
  }
}

/** What the collector needs of an object; caches that others share keep theirs whole. */
function metadataOnly(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, ownerReferences, finalizers, deletionTimestamp } = object.metadata;
  return { metadata: { name, namespace, uid, resourceVersion, ownerReferences, finalizers, deletionTimestamp } };
}
