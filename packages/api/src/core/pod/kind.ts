import type { Pod } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const podKind = defineKind<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: 'Pod',
  subresources: { status: {} },
  strategy: {},
});
