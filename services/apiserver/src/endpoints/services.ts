import type { Store } from '@t8s/storage';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import type { RegistryHooks } from '../registry/hooks.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import type { Watches } from './watch/watches.ts';

/** What the verbs work with. */
export interface Services {
  store: Store;
  served: ServedResources;
  objects: ObjectStore;
  watches: Watches;
  plugins: readonly AdmissionPlugin[];
  /** By storage name. */
  hooks: Readonly<Record<string, RegistryHooks>>;
}
