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
  strategy: { createOnUpdate: true },
});
