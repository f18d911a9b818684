import { type Kind, kinds } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { ServedResource } from '../context.ts';

/** Every resource the API serves, by `group/version/resource`. */
export const servedResources: ReadonlyMap<string, ServedResource> = new Map(
  kinds.map((kind) => [`${kind.group}/${kind.version}/${kind.resource}`, { kind, storage: kind.alias?.of.resource ?? kind.resource }]),
);

/** Fields that some watch selects by, so that an event only meets the watchers it concerns. */
const indexed: Record<string, { field: string; of(object: KubeObject): string }> = {
  pods: { field: 'spec.nodeName', of: (object) => (object as { spec?: { nodeName?: string } }).spec?.nodeName ?? '' },
};

/** What the watch cache holds: a cache per storage name, with its index. */
export const cachedResources: Readonly<Record<string, Record<string, (object: KubeObject) => string>>> = Object.fromEntries(
  [...new Set([...servedResources.values()].map((r) => r.storage))].map((storage) => {
    const index = indexed[storage];
    return [storage, index ? { [index.field]: index.of } : {}];
  }),
);

/** The field of this storage that watches are indexed by. */
export const indexedField = (storage: string): string | undefined => indexed[storage]?.field;

export const servesKind = (apiVersion: string, kind: string): boolean =>
  kinds.some((k: Kind) => k.kind === kind && apiVersion === (k.group === '' ? k.version : `${k.group}/${k.version}`));
