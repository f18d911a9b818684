import type { ReplicaSet } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const replicaSetKind = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  schema: 'ReplicaSet',
  subresources: { status: {} },
  strategy: {},
});
