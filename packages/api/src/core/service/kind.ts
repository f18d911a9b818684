import type { Service } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const serviceKind = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  resource: 'services',
  singular: 'service',
  shortNames: ['svc'],
  namespaced: true,
  schema: 'Service',
  categories: ['all'],
  subresources: { status: {} },
  lists: {
    'ServiceSpec.ports': { mergeKey: 'port', listType: 'map', mapKeys: ['port', 'protocol'] },
    'ServiceSpec.clusterIPs': { listType: 'atomic' },
    'ServiceSpec.externalIPs': { listType: 'atomic' },
    'ServiceSpec.ipFamilies': { listType: 'atomic' },
    'ServiceSpec.loadBalancerSourceRanges': { listType: 'atomic' },
    'ServiceStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
    'LoadBalancerStatus.ingress': { listType: 'atomic' },
    'LoadBalancerIngress.ports': { listType: 'atomic' },
  },
  strategy: { createOnUpdate: true },
});
