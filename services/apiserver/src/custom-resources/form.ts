/**
 * How the objects of one version of a custom resource stand in the store, and come out of it: pruned and defaulted by the rules of the
 * version they were stored in, converted, and pruned by the rules of this one.
 */
import { applyDefaults, type CustomKind, prune } from '@t8s/api';
import { formatApiVersion, type KubeObject, parseApiVersion } from '@t8s/meta';
import { type CachedObject, encodeObject, type ResourceCache, Version, withRevision } from '@t8s/storage';
import { ConversionPending, type FormCache, type StoredForm } from '../registry/stored-form.ts';
import { type Converter, renaming } from './conversion/converter.ts';
import { VersionCache } from './version-cache.ts';

type Json = Record<string, unknown>;

/** Some for each write under way. */
const maxAnswers = 200;

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

/** A stored object that is to be converted, and what of it. */
interface Foreign {
  of: CachedObject;
  object: KubeObject;
}

export class CustomForm implements StoredForm {
  readonly #options: CustomFormOptions;
  readonly #apiVersion: string;
  readonly #storageVersion: string;
  /** Conversions under way: nobody asks for the same twice. */
  readonly #asked = new Map<CachedObject, Promise<void>>();
  readonly #shown = new WeakMap<CachedObject, CachedObject>();
  /** Objects of our own writes: they came in by the rules of this version. */
  readonly #clean = new WeakSet<KubeObject>();
  readonly #cache: VersionCache;
  /** Conversions that somebody had to be asked for in the middle of a write, by version and object. */
  readonly #answers = new Map<string, KubeObject>();

  constructor(options: CustomFormOptions) {
    this.#options = options;
    this.#apiVersion = formatApiVersion(options.kind);
    this.#storageVersion = formatApiVersion(options.storageKind);
    const { source, revision } = options;
    const isCheap = options.converter === renaming;
    this.#cache = new VersionCache({ source, revision, convert: (stored) => this.shown(stored), isCheap });
  }

  shown(stored: readonly CachedObject[]): readonly CachedObject[] | Promise<readonly CachedObject[]> {
    const foreign: Foreign[] = [];
    const waits = new Set<Promise<void>>();
    for (const cached of stored) {
      if (this.#shown.has(cached)) continue;
      const asked = this.#asked.get(cached);
      const own = asked ? undefined : this.#byOwnRules(cached);
      if (asked) waits.add(asked);
      else if (own) foreign.push({ of: cached, object: own });
    }
    const converting = foreign.length === 0 ? undefined : this.#convert(foreign);
    if (converting) waits.add(converting);
    const result = (): CachedObject[] => stored.map((cached) => this.#shown.get(cached) ?? cached);
    return waits.size === 0 ? result() : Promise.all(waits).then(result);
  }

  /** Enters what is in this version already; else returns it as the rules of its own version have it. */
  #byOwnRules(cached: CachedObject): KubeObject | undefined {
    if (this.#clean.has(cached.object)) {
      this.#shown.set(cached, cached);
      return undefined;
    }
    const object = this.#byStoredRules(cached);
    if (object.apiVersion !== this.#apiVersion) return object;
    this.#enter(cached, object);
    return undefined;
  }

  /** Enters objects of other versions, now or later. */
  #convert(foreign: readonly Foreign[]): Promise<void> | undefined {
    const enter = (converted: readonly KubeObject[]): void => {
      for (const [i, { of, object }] of foreign.entries()) this.#enter(of, this.#pruned(converted[i] ?? object, this.#options.kind));
    };
    const objects = foreign.map(({ object }) => object);
    const converted = this.#options.converter.convert(objects, this.#apiVersion);
    if (!(converted instanceof Promise)) return void enter(converted);
    const asked = converted.then(enter).finally(() => {
      for (const { of } of foreign) this.#asked.delete(of);
    });
    for (const { of } of foreign) this.#asked.set(of, asked);
    return asked;
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
    if (object.apiVersion === apiVersion) return { object, kind };
    const question = `${apiVersion} ${JSON.stringify(object)}`;
    const known = this.#answers.get(question);
    if (known) return { object: known, kind };
    const converted = this.#options.converter.convert([structuredClone(object)], apiVersion);
    const first = ([result = object]: readonly KubeObject[]): KubeObject => this.#pruned(result, kind);
    if (!(converted instanceof Promise)) return { object: first(converted), kind };
    throw new ConversionPending(converted.then((results) => this.#remember(question, first(results))));
  }

  #remember(question: string, answer: KubeObject): void {
    const [oldest] = this.#answers.keys();
    if (this.#answers.size >= maxAnswers && oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(question, answer);
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
