import type { PersistentVolumeClaim } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { storageClassWarnings } from '../persistent-volume/warnings.ts';
import { fractions } from '../pod/fractions.ts';
import { claimColumns } from './columns.ts';
import { prepareClaimForCreate, prepareClaimForUpdate } from './prepare.ts';
import { validateClaimStatus, validateClaimUpdate } from './validate.ts';
import { validateClaimSpec } from './validate-spec.ts';

export const persistentVolumeClaimKind = defineKind<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  resource: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  schema: 'PersistentVolumeClaim',
  subresources: { status: { validate: validateClaimStatus } },
  lists: {
    'PersistentVolumeClaimStatus.accessModes': { listType: 'atomic' },
    'PersistentVolumeClaimStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
  },
  columns: claimColumns,
  selectableFields: ({ metadata }) => ({ name: metadata.name ?? '' }),
  strategy: {
    returnsDeleted: true,
    defaults: defaultClaim,
    prepareForCreate: prepareClaimForCreate,
    prepareForUpdate: prepareClaimForUpdate,
    validate: ({ spec }) => validateClaimSpec(spec, 'spec'),
    validateUpdate: validateClaimUpdate,
    warnings: ({ metadata, spec: { resources } }) => [
      ...storageClassWarnings(metadata.annotations),
      ...fractions(resources?.requests, 'spec.resources.requests', ['storage']),
      ...fractions(resources?.limits, 'spec.resources.limits', ['storage']),
    ],
  },
});

function defaultClaim(claim: PersistentVolumeClaim): void {
  claim.status ??= {};
  claim.status.phase ||= 'Pending';
  claim.spec.volumeMode ??= 'Filesystem';
}
