/** What the tests of admission plugins share: objects to look up, and writes to judge. */

import { podKind } from '@t8s/api';
import { type KubeObject, objectKey } from '@t8s/meta';
import type { ObjectStore } from '../registry/object-store.ts';
import type { Write } from '../write-chain.ts';

/** An object store that holds these, by resource. `late` ones are seen only after a consistent read. */
export function storeOf(objects: Record<string, KubeObject[]>, late: Record<string, KubeObject[]> = {}): ObjectStore {
  const visible = structuredClone(objects);
  const cache = {
    resource: (storage: string) => ({
      get: (key: string) => (visible[storage] ?? []).filter((object) => objectKey(object) === key).map((object) => ({ object }))[0],
      range: (prefix = '') =>
        (visible[storage] ?? []).filter((object) => objectKey(object).startsWith(prefix)).map((object) => ({ object })),
    }),
    consistent: async () => {
      for (const [storage, more] of Object.entries(late)) visible[storage] = [...(visible[storage] ?? []), ...more];
    },
  };
  // Plugins read no more of a store than this.
  return { cache } as unknown as ObjectStore;
}

const heard = (): object => ({ warnings: [], annotations: new Map<string, string>() });

/** A create of a pod with this spec. */
export function podWrite(spec: object = {}, change: Partial<Write> = {}): Write {
  const object = { metadata: { name: 'web', namespace: 'd' }, spec: { containers: [{ name: 'a', image: 'i' }], ...spec } } as KubeObject;
  const context = { user: { name: 'u', groups: [] }, info: { namespace: 'd', name: '' }, query: new URLSearchParams(), ...heard() };
  const write = { context, resource: { kind: podKind, storage: 'pods' }, object, old: undefined, subresource: '', dryRun: false };
  return { ...write, ...change } as unknown as Write;
}
