import type { EndpointSlice } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const endpointSliceKind = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  schema: 'EndpointSlice',
  lists: {
    'EndpointSlice.endpoints': { listType: 'atomic' },
    'EndpointSlice.ports': { listType: 'atomic' },
    'Endpoint.addresses': { listType: 'set' },
    'EndpointHints.forNodes': { listType: 'atomic' },
    'EndpointHints.forZones': { listType: 'atomic' },
  },
  strategy: {},
});
