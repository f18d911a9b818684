import { ageColumn, nameColumn } from '../../columns.ts';
import type { PersistentVolumeClaim } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';
import { formatAccessModes } from '../persistent-volume/access-modes.ts';
import { storageClassAnnotation } from '../persistent-volume/warnings.ts';

const text = (name: string, description: string, cell: (claim: PersistentVolumeClaim) => string): Column<PersistentVolumeClaim> => ({
  name,
  type: 'string',
  description,
  cell,
});

export const claimColumns: readonly Column<PersistentVolumeClaim>[] = [
  nameColumn,
  text('Status', 'phase represents the current phase of PersistentVolumeClaim.', ({ metadata, status }) =>
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
  ),
  text('Volume', 'volumeName is the binding reference to the PersistentVolume backing this claim.', ({ spec }) => spec.volumeName ?? ''),
  text('Capacity', 'capacity represents the actual resources of the underlying volume.', ({ spec, status }) =>
    spec.volumeName ? (status?.capacity?.['storage'] ?? '0') : '',
  ),
  text('Access Modes', 'accessModes contains the actual access modes the volume backing the PVC has.', ({ spec, status }) =>
    spec.volumeName ? formatAccessModes(status?.accessModes) : '',
  ),
  text(
    'StorageClass',
    'StorageClass of the pvc',
    ({ metadata, spec }) => metadata.annotations?.[storageClassAnnotation] ?? spec.storageClassName ?? '',
  ),
  text('VolumeAttributesClass', 'VolumeAttributesClass of the pvc', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
  ageColumn,
  {
    ...text('VolumeMode', 'volumeMode defines what type of volume is required by the claim.', ({ spec }) => spec.volumeMode ?? '<unset>'),
    priority: 1,
  },
];
