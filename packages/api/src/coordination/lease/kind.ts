import { type FieldError, invalidValue } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
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
  columns: [
    nameColumn,
    { name: 'Holder', type: 'string', description: 'Who holds the lease.', cell: ({ spec }) => spec.holderIdentity ?? '' },
    ageColumn,
  ],
  strategy: {
    createOnUpdate: true,
    unconditionalUpdate: false,
    prepareForCreate: dropCoordination,
    prepareForUpdate: dropCoordination,
    validate({ spec }): FieldError[] {
      const { leaseDurationSeconds: duration = 1, leaseTransitions: transitions = 0 } = spec;
      return [
        ...(duration > 0 ? [] : [invalidValue('spec.leaseDurationSeconds', duration, 'must be greater than 0')]),
        ...(transitions >= 0 ? [] : [invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]),
      ];
    },
  },
});

/** Fields of coordinated leader election (KEP-4355), which upstream drops while that feature is off. */
function dropCoordination({ spec }: Lease): void {
  delete spec.strategy;
  delete spec.preferredHolder;
}
