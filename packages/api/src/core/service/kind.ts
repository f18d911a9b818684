import { isDns1035Label } from '@t8s/meta';
import type { Service } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { serviceColumns } from './columns.ts';
import { defaultService } from './defaults.ts';
import { prepareServiceForCreate, prepareServiceForUpdate } from './prepare.ts';
import { serviceWarnings, validateService, validateServiceStatus, validateServiceUpdate } from './validate.ts';

export const serviceKind = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  resource: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  schema: 'Service',
  subresources: {
    status: { validate: validateServiceStatus },
    others: [{ name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] }],
  },
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
  columns: serviceColumns,
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec.clusterIP ?? '', 'spec.type': spec.type ?? '' }),
  strategy: {
    returnsDeleted: true,
    createOnUpdate: true,
    defaults: defaultService,
    prepareForCreate: prepareServiceForCreate,
    prepareForUpdate: prepareServiceForUpdate,
    validateName: isDns1035Label,
    validate: validateService,
    validateUpdate: validateServiceUpdate,
    warnings: serviceWarnings,
  },
});
