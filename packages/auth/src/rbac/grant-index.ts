/** What one subject is granted in one place, by what is asked for: finding it costs the same however much there is. */
import type { PolicyRule } from '@t8s/api';
import type { Attributes, ResourceAttributes } from './attributes.ts';
import { urlMatches } from './url-match.ts';

const any = '*';

/** Grants by verb. */
type ByVerb<G> = Map<string, G>;

interface Bucket<G> {
  /** Of whatever name. */
  all: ByVerb<G>;
  named: Map<string, ByVerb<G>>;
}

/** Of several grants of the same the first to be added is found. */
export class GrantIndex<G> {
  /** By `group/resource`, either of which may be a star. */
  readonly #resources = new Map<string, Bucket<G>>();
  readonly #paths = new Map<string, ByVerb<G>>();
  /** Paths that end in a star. */
  readonly #prefixes = new Map<string, ByVerb<G>>();

  add({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule, grant: G): void {
    for (const group of apiGroups)
      for (const resource of resources) {
        const bucket = entry(this.#resources, `${group}/${resource}`, (): Bucket<G> => ({ all: new Map(), named: new Map() }));
        if (resourceNames.length === 0) enter(bucket.all, verbs, grant);
        for (const name of resourceNames) enter(entry(bucket.named, name, newMap<G>), verbs, grant);
      }
    for (const url of nonResourceURLs) enter(entry(url.endsWith(any) ? this.#prefixes : this.#paths, url, newMap<G>), verbs, grant);
  }

  /** `keys` are those of `bucketKeys`. */
  find(attributes: Attributes, keys: readonly string[]): G | undefined {
    const { verb } = attributes;
    if ('path' in attributes) return this.#findPath(attributes.path, verb);
    for (const key of keys) {
      const bucket = this.#resources.get(key);
      const found = bucket && (byVerb(bucket.all, verb) ?? byVerb(bucket.named.get(attributes.name), verb));
      if (found) return found;
    }
    return undefined;
  }

  #findPath(path: string, verb: string): G | undefined {
    const exact = byVerb(this.#paths.get(path), verb);
    if (exact) return exact;
    for (const [url, verbs] of this.#prefixes) {
      const found = urlMatches(url, path) && byVerb(verbs, verb);
      if (found) return found;
    }
    return undefined;
  }
}

/** Where an index may have what is asked for: computed once for all that are looked into. */
export function bucketKeys(attributes: Attributes): string[] {
  if ('path' in attributes) return [];
  const { group } = attributes;
  return resourceNames(attributes).flatMap((resource) => [`${group}/${resource}`, `${any}/${resource}`]);
}

/** `pods/log` is one resource; a star before the slash is any. */
const resourceNames = ({ resource, subresource }: ResourceAttributes): string[] =>
  subresource === '' ? [resource, any] : [`${resource}/${subresource}`, `${any}/${subresource}`, any];

const newMap = <G>(): ByVerb<G> => new Map();

const byVerb = <G>(verbs: ByVerb<G> | undefined, verb: string): G | undefined => verbs?.get(verb) ?? verbs?.get(any);

function enter<G>(known: ByVerb<G>, verbs: readonly string[], grant: G): void {
  for (const verb of verbs) if (!known.has(verb)) known.set(verb, grant);
}

export function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
