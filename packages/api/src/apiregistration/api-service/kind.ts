import { isPathSegmentName } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
import type { APIService } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind, ownMetadata } from '../../kind.ts';
import { validateApiService, validateApiServiceStatus } from './validate.ts';

export const apiServiceKind = defineKind<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  resource: 'apiservices',
  singular: 'apiservice',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'APIService',
  subresources: { status: { keeps: ownMetadata, validate: validateApiServiceStatus } },
  lists: { 'APIServiceStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] } },
  columns: [
    nameColumn,
    {
      name: 'Service',
      type: 'string',
      description: 'The reference to the service that hosts this API endpoint.',
      cell: ({ spec: { service } }) => (service ? `${service.namespace}/${service.name}` : 'Local'),
    },
    { name: 'Available', type: 'string', description: 'Whether this service is available.', cell: formatAvailable },
    ageColumn,
  ],
  strategy: {
    unconditionalUpdate: false,
    validateName: isPathSegmentName,
    defaults({ spec: { service } }) {
      if (service) service.port ??= 443;
    },
    prepareForCreate(service) {
      service.status = {};
    },
    prepareForUpdate(service, old) {
      keepFields(service, old, ['status']);
    },
    validate: validateApiService,
  },
});

function formatAvailable({ status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  return condition.status !== 'True' && condition.reason ? `${condition.status} (${condition.reason})` : condition.status;
}
