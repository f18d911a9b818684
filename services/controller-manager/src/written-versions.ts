import type { KubeObject } from '@t8s/meta';

/**
 * What a controller wrote and its cache doesn't show yet. Whoever decides by what it has written itself (a status it counts in)
 * waits until the cache has it, or it would do things again. The event of that write brings the object back.
 */
export class WrittenVersions {
  readonly #versions = new Map<string, bigint>();

  /** Call with what the API answered. */
  wrote({ metadata }: KubeObject): void {
    this.#versions.set(metadata.uid ?? '', versionOf(metadata));
  }

  /** True when the cached object is older than what was written. */
  isBehind({ metadata }: KubeObject): boolean {
    const written = this.#versions.get(metadata.uid ?? '');
    if (written === undefined) return false;
    if (versionOf(metadata) < written) return true;
    this.forget(metadata.uid);
    return false;
  }

  /** For objects that are gone. */
  forget(uid = ''): void {
    this.#versions.delete(uid);
  }
}

const versionOf = ({ resourceVersion = '0' }: KubeObject['metadata']): bigint => BigInt(resourceVersion);
