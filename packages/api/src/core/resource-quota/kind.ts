import { ageColumn, nameColumn } from '../../columns.ts';
import type { ResourceQuota } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { validateResourceQuota, validateResourceQuotaStatus, validateResourceQuotaUpdate } from './validate.ts';

export const resourceQuotaKind = defineKind<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  resource: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  namespaced: true,
  schema: 'ResourceQuota',
  subresources: { status: { validate: validateResourceQuotaStatus } },
  lists: {
    'ResourceQuotaSpec.scopes': { listType: 'atomic' },
    'ScopeSelector.matchExpressions': { listType: 'atomic' },
    'ScopedResourceSelectorRequirement.values': { listType: 'atomic' },
  },
  columns: [
    nameColumn,
    {
      name: 'Request',
      type: 'string',
      description: 'Request represents a minimum amount of cpu/memory that a container may consume.',
      cell: (quota) => usage(quota, (name) => !name.startsWith('limits.')),
    },
    {
      name: 'Limit',
      type: 'string',
      description: 'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
      cell: (quota) => usage(quota, (name) => name.startsWith('limits.')),
    },
    ageColumn,
  ],
  strategy: {
    returnsDeleted: true,
    prepareForCreate(quota) {
      quota.status = {};
    },
    prepareForUpdate(quota, old) {
      keepFields(quota, old, ['status']);
    },
    validateCreate: validateResourceQuota,
    validateUpdate: validateResourceQuotaUpdate,
  },
});

/** `pods: 1/4, requests.cpu: 500m/1`: used of hard, by name. */
function usage({ status }: ResourceQuota, isShown: (name: string) => boolean): string {
  const { hard = {}, used = {} } = status ?? {};
  const names = Object.keys(hard).filter(isShown).sort();
  return names.map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`).join(', ');
}
