import type { PriorityClass } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const priorityClassKind = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  resource: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  schema: 'PriorityClass',
  strategy: {},
});
