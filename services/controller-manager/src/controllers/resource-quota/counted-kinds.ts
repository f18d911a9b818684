/** Informers of the kinds that quotas count, from the first quota on that names them. */
import {
  configMapKind,
  persistentVolumeClaimKind,
  podKind,
  replicationControllerKind,
  resourceQuotaKind,
  secretKind,
  serviceKind,
} from '@t8s/api';
import type { Client, ResourceRef } from '@t8s/client';
import type { Informer, InformerSet } from '@t8s/informer';
import type { KubeObject } from '@t8s/meta';
import { deletableResources, resourceKey } from '../../discovery/resources.ts';

type Ref = ResourceRef<KubeObject>;

/** Kinds that quotas know by names of their own. */
const known: readonly Ref[] = [
  podKind,
  serviceKind,
  persistentVolumeClaimKind,
  configMapKind,
  secretKind,
  resourceQuotaKind,
  replicationControllerKind,
];
/** Counted by what they ask for, so kept whole: asked for at the start, before others may want less of them. */
const measured: readonly Ref[] = [podKind, serviceKind, persistentVolumeClaimKind];
/** Never counted (upstream's). */
const ignored = new Set(['/events', 'events.k8s.io/events']);

export interface CountedKindsOptions {
  client: Client;
  informers: InformerSet;
  /** An object came, went or changed. */
  changed(resource: Ref, change: { now?: KubeObject; old?: KubeObject }): void;
}

export interface CountedKind {
  resource: Ref;
  informer: Informer<KubeObject>;
}

export class CountedKinds {
  readonly #options: CountedKindsOptions;
  readonly #watched = new Map<string, Informer<KubeObject>>();

  constructor(options: CountedKindsOptions) {
    this.#options = options;
    for (const resource of measured) this.#watch(resource);
  }

  /** What the names of a quota count. Names of kinds that are not served count nothing. */
  async of(names: readonly string[], measures: (resource: Ref) => boolean): Promise<CountedKind[]> {
    const builtIn = known.filter(measures);
    const covered = new Set(builtIn.map(resourceKey));
    const others = names.flatMap((name) => {
      const [, resource, group = ''] = /^count\/([^.]+)(?:\.(.+))?$/.exec(name) ?? [];
      const key = `${group}/${resource}`;
      return resource === undefined || covered.has(key) || ignored.has(key) ? [] : [key];
    });
    const served = others.length === 0 ? [] : (await deletableResources(this.#options.client)).resources;
    const found = served.filter((resource) => resource.namespaced && others.includes(resourceKey(resource)));
    return [...builtIn, ...found].map((resource) => ({ resource, informer: this.#watch(resource) }));
  }

  /** An informer that its set has dropped, with its kind, is replaced when the kind is back. */
  #watch(resource: Ref): Informer<KubeObject> {
    const { informers, changed } = this.#options;
    const key = resourceKey(resource);
    const informer = informers.informer(resource);
    if (this.#watched.get(key) === informer) return informer;
    this.#watched.set(key, informer);
    informer.addHandler({
      added: (now) => changed(resource, { now }),
      updated: (now, old) => changed(resource, { now, old }),
      deleted: (old) => changed(resource, { old }),
    });
    return informer;
  }
}
