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
  strategy: { createOnUpdate: true },
});
