import type { Lease } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const leaseKind = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  singular: 'lease',
  namespaced: true,
  schema: 'Lease',
  strategy: { createOnUpdate: true, unconditionalUpdate: false },
});
