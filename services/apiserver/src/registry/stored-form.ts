import type { Kind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { CachedObject, ResourceCache } from '@t8s/storage';

/**
 * How a resource's objects stand in the store where that may be otherwise than it shows them: in another version, or as rules of
 * the past had it. What it gives out is shared; nobody changes it.
 */
export interface StoredForm {
  /** What the store has, as the resource shows it. Throws what stands against a conversion. */
  shown(stored: readonly CachedObject[]): readonly CachedObject[] | Promise<readonly CachedObject[]>;
  /** An object of the resource as the store is to have it; the object is given away. */
  stored(object: KubeObject): KubeObject | Promise<KubeObject>;
  /** All objects as the resource shows them, for lists and watches: not older than the cache of the stored ones is now. */
  cache(): Promise<FormCache>;
  /**
   * An object of the resource in another version of its group, with that version's kind; undefined where there is no such version.
   * Throws ConversionPending where others must be asked: called again with the same, it then knows.
   */
  inVersion(object: KubeObject, apiVersion: string): { object: KubeObject; kind: Kind } | undefined;
}

export interface FormCache {
  cache: ResourceCache;
  /** What the cache shows now: it follows the log at a distance where conversions take time. */
  revision(): number;
  /** What it shows is served in another way by now, or no longer: watches end, and may go on there. */
  readonly isReplaced: boolean;
}

/** A conversion is under way; `settled` resolves when it makes sense to ask again. */
export class ConversionPending extends Error {
  override readonly name = 'ConversionPending';
  readonly settled: Promise<void>;

  constructor(settled: Promise<void>) {
    super('a conversion is under way');
    this.settled = settled;
  }
}

/** Does `work` again as long as it stops at a conversion; `work` must be the same each time. */
export async function withConversions<T>(work: () => T): Promise<T> {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ConversionPending)) throw error;
      await error.settled;
    }
  }
}

/** One stored object as its resource shows it. */
export async function shownOne(form: StoredForm | undefined, stored: CachedObject): Promise<CachedObject> {
  if (!form) return stored;
  const [shown = stored] = await form.shown([stored]);
  return shown;
}
