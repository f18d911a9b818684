/** What a kind's writes do beyond their own object: room for registry/<kind>. */
import type { KubeObject } from '@t8s/meta';

export interface RegistryHooks {
  /**
   * Before an object is stored (`old` undefined on create): claims what it needs elsewhere and may fill it in. Returns how to
   * give that back when the write fails, if there is anything to give back.
   */
  beforeWrite?(object: KubeObject, old: KubeObject | undefined, options: { dryRun: boolean }): Promise<(() => Promise<void>) | undefined>;
  /** After a create or update was stored. */
  afterWrite?(object: KubeObject, old: KubeObject | undefined): Promise<void>;
  /** After the object was removed for good. */
  afterRemove?(object: KubeObject): Promise<void>;
  /** Something but finalizers holds the object back (a namespace's spec.finalizers). */
  isHeld?(object: KubeObject): boolean;
  /** Changes the object when its deletion begins. */
  markDeleting?(object: KubeObject): void;
}
