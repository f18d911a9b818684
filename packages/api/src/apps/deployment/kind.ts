import type { Deployment } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const deploymentKind = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  schema: 'Deployment',
  subresources: { status: {} },
  strategy: {},
});
