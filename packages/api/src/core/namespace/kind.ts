import type { Namespace } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const namespaceKind = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  schema: 'Namespace',
  subresources: { status: {} },
  lists: {
    'NamespaceSpec.finalizers': { listType: 'atomic' },
    'NamespaceStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
  },
  strategy: {},
});
