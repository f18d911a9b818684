/** What the API serves: the built-in kinds, and custom resources that come and go while it runs. */
import { kinds as builtInKinds, type Kind } from '@t8s/api';
import { formatApiVersion, type KubeObject } from '@t8s/meta';
import type { ServedResource } from '../context.ts';

export class ServedResources {
  #byPath: Map<string, ServedResource>;
  readonly #builtIn: readonly ServedResource[];
  /** By the name of who brought them: a definition. */
  readonly #custom = new Map<string, readonly ServedResource[]>();
  readonly #listeners = new Set<() => void>();
  #all: readonly ServedResource[];

  constructor(kinds: readonly Kind[] = builtInKinds) {
    this.#builtIn = kinds.map((kind) => ({ kind, storage: kind.alias?.of.resource ?? kind.resource }));
    this.#all = this.#builtIn;
    this.#byPath = new Map(this.#builtIn.map((resource) => [pathOf(resource.kind), resource]));
  }

  /** The resource behind `/apis/<group>/<version>/…/<resource>`. */
  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#byPath.get(`${group}/${version}/${resource}`);
  }

  /** Built-in ones first, custom ones by name. */
  get all(): readonly ServedResource[] {
    return this.#all;
  }

  get kinds(): readonly Kind[] {
    return this.#all.map(({ kind }) => kind);
  }

  readonly serves = (apiVersion: string, kind: string): boolean =>
    this.#all.some((resource) => resource.kind.kind === kind && formatApiVersion(resource.kind) === apiVersion);

  /** What is served for `owner`. */
  custom(owner: string): readonly ServedResource[] {
    return this.#custom.get(owner) ?? [];
  }

  /** From now on serves these for `owner`, in place of what it had served for it; none takes it away. Built-in ones stay what they are. */
  setCustom(owner: string, resources: readonly ServedResource[]): void {
    if (resources.length > 0) this.#custom.set(owner, resources);
    else if (!this.#custom.delete(owner)) return;
    this.#byPath = new Map(this.#builtIn.map((resource) => [pathOf(resource.kind), resource]));
    for (const name of [...this.#custom.keys()].sort())
      for (const resource of this.#custom.get(name) ?? [])
        if (!this.#byPath.has(pathOf(resource.kind))) this.#byPath.set(pathOf(resource.kind), resource);
    this.#all = [...this.#byPath.values()];
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` when something is served that was not, or no longer, or in another way. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const pathOf = ({ group, version, resource }: Kind): string => `${group}/${version}/${resource}`;

/** Fields that some watch selects by, so that an event only meets the watchers it concerns. */
const indexed: Record<string, { field: string; of(object: KubeObject): string }> = {
  pods: { field: 'spec.nodeName', of: (object) => (object as { spec?: { nodeName?: string } }).spec?.nodeName ?? '' },
};

/** What the watch cache holds of built-in kinds: a cache per storage name, with its index. */
export function cachedResources(served: ServedResources): Record<string, Record<string, (object: KubeObject) => string>> {
  return Object.fromEntries(
    [...new Set(served.all.filter((r) => r.kind.stored !== false).map((r) => r.storage))].map((storage) => {
      const index = indexed[storage];
      return [storage, index ? { [index.field]: index.of } : {}];
    }),
  );
}

/** The field of this storage that watches are indexed by. */
export const indexedField = (storage: string): string | undefined => indexed[storage]?.field;
