import type { Endpoints } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const endpointsKind = defineKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema: 'Endpoints',
  lists: {
    'Endpoints.subsets': { listType: 'atomic' },
    'EndpointSubset.addresses': { listType: 'atomic' },
    'EndpointSubset.notReadyAddresses': { listType: 'atomic' },
    'EndpointSubset.ports': { listType: 'atomic' },
  },
  strategy: { createOnUpdate: true },
});
