import type { ServiceAccount } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const serviceAccountKind = defineKind<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  schema: 'ServiceAccount',
  lists: {
    'ServiceAccount.secrets': { mergeKey: 'name', listType: 'map', mapKeys: ['name'] },
    'ServiceAccount.imagePullSecrets': { listType: 'atomic' },
  },
  strategy: {},
});
