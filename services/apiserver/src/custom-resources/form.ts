/**
 * How the objects of one version of a custom resource stand in the store, and come out of it: pruned and defaulted by the rules of the
 * version they were stored in, converted, and pruned by the rules of this one.
 */
import { applyDefaults, type CustomKind, prune } from '@t8s/api';
import { formatApiVersion, type KubeObject, parseApiVersion } from '@t8s/meta';
import { type CachedObject, encodeObject, type ResourceCache, Version, withRevision } from '@t8s/storage';
import type { FormCache, StoredForm } from '../registry/stored-form.ts';
import { type Converter, renaming } from './conversion/converter.ts';
import { VersionCache } from './version-cache.ts';

type Json = Record<string, unknown>;

export interface CustomFormOptions {
  kind: CustomKind;
  /** The version objects are stored in. */
  storageKind: CustomKind;
  /** All versions by name, those that aren't served included. */
  kinds: ReadonlyMap<string, CustomKind>;
  converter: Converter;
  /** The cache of what is stored, and how far it has been told. */
  source(): ResourceCache;
  revision(): number;
}

export class CustomForm implements StoredForm {
  readonly #options: CustomFormOptions;
  readonly #apiVersion: string;
  readonly #storageVersion: string;
  readonly #shown = new WeakMap<CachedObject, CachedObject>();
  /** Objects of our own writes: they came in by the rules of this version. */
  readonly #clean = new WeakSet<KubeObject>();
  readonly #cache: VersionCache;

  constructor(options: CustomFormOptions) {
    this.#options = options;
    this.#apiVersion = formatApiVersion(options.kind);
    this.#storageVersion = formatApiVersion(options.storageKind);
    const { source, revision } = options;
    const isCheap = options.converter === renaming;
    this.#cache = new VersionCache({ source, revision, convert: (stored) => this.shown(stored), isCheap });
  }

  shown(stored: readonly CachedObject[]): readonly CachedObject[] | Promise<readonly CachedObject[]> {
    const foreign: { of: CachedObject; object: KubeObject }[] = [];
    for (const cached of stored) {
      if (this.#shown.has(cached)) continue;
      if (this.#clean.has(cached.object)) {
        this.#shown.set(cached, cached);
        continue;
      }
      const object = this.#byStoredRules(cached);
      if (object.apiVersion === this.#apiVersion) this.#enter(cached, object);
      else foreign.push({ of: cached, object });
    }
    const result = (): CachedObject[] => stored.map((cached) => this.#shown.get(cached) ?? cached);
    if (foreign.length === 0) return result();
    const enter = (converted: readonly KubeObject[]): CachedObject[] => {
      for (const [i, { of, object }] of foreign.entries()) this.#enter(of, this.#pruned(converted[i] ?? object, this.#options.kind));
      return result();
    };
    const converted = this.#options.converter.convert(
      foreign.map(({ object }) => object),
      this.#apiVersion,
    );
    return converted instanceof Promise ? converted.then(enter) : enter(converted);
  }

  stored(object: KubeObject): KubeObject | Promise<KubeObject> {
    const { converter, storageKind } = this.#options;
    if (this.#apiVersion === this.#storageVersion) {
      this.#clean.add(object);
      return object;
    }
    const first = ([converted = object]: readonly KubeObject[]): KubeObject => this.#pruned(converted, storageKind);
    const converted = converter.convert([structuredClone(object)], this.#storageVersion);
    return converted instanceof Promise ? converted.then(first) : first(converted);
  }

  cache(): Promise<FormCache> {
    return this.#cache.read();
  }

  inVersion(object: KubeObject, apiVersion: string): { object: KubeObject; kind: CustomKind } | undefined {
    const kind = this.#options.kinds.get(parseApiVersion(apiVersion).version);
    if (!kind || apiVersion !== formatApiVersion(kind)) return undefined;
    return { object: object.apiVersion === apiVersion ? object : { ...object, apiVersion }, kind };
  }

  /** Ends the watches of this version: it is served in another way from now on, or no longer. */
  retire(): void {
    this.#cache.end();
  }

  /** A copy of what is stored, with defaults and without what its own version doesn't know. */
  #byStoredRules({ bytes, object: { apiVersion = '' } }: CachedObject): KubeObject {
    const copy = JSON.parse(bytes.toString()) as KubeObject;
    const kind = this.#options.kinds.get(apiVersion.slice(apiVersion.indexOf('/') + 1));
    if (!kind) return copy;
    prune(copy as unknown as Json, kind.structural);
    applyDefaults(copy as unknown as Json, kind.structural);
    return copy;
  }

  #pruned(object: KubeObject, { structural }: CustomKind): KubeObject {
    prune(object as unknown as Json, structural);
    return object;
  }

  /** Keeps how a stored object is shown: as itself, where it is the same. */
  #enter(stored: CachedObject, object: KubeObject): void {
    const encoded = encodeObject(object);
    const isSame = withRevision(encoded, stored.revision).equals(stored.bytes);
    const { key, revision } = stored;
    this.#shown.set(stored, isSame ? stored : new Version({ key, revision, stored: encoded, object, type: 'MODIFIED' }));
  }
}
