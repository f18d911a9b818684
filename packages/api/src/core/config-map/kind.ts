import type { ConfigMap } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const configMapKind = defineKind<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: 'ConfigMap',
  strategy: {},
});
