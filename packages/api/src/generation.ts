import type { KubeObject } from '@t8s/meta';
import { semanticEqual } from './semantic-equal.ts';

/** Sets the generation of an update: one more than before, unless what users ask for `isSame`. */
export function countGeneration({ metadata }: KubeObject, old: KubeObject, isSame: boolean): void {
  metadata.generation = (old.metadata.generation ?? 0) + (isSame ? 0 : 1);
}

/** As `countGeneration`, for kinds whose generation counts changes of the spec. */
export function countSpecChanges<T extends KubeObject & { spec?: unknown }>(object: T, old: T): void {
  countGeneration(object, old, semanticEqual(object.spec, old.spec));
}
