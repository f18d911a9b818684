import { ageColumn, nameColumn } from '../../columns.ts';
import type { PersistentVolume } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';
import { formatAccessModes } from './access-modes.ts';
import { storageClassAnnotation } from './warnings.ts';

const text = (name: string, description: string, cell: (volume: PersistentVolume) => string): Column<PersistentVolume> => ({
  name,
  type: 'string',
  description,
  cell,
});

export const persistentVolumeColumns: readonly Column<PersistentVolume>[] = [
  nameColumn,
  text(
    'Capacity',
    "capacity is the description of the persistent volume's resources and capacity.",
    ({ spec }) => spec.capacity?.['storage'] ?? '0',
  ),
  text('Access Modes', 'accessModes contains all ways the volume can be mounted.', ({ spec }) => formatAccessModes(spec.accessModes)),
  text(
    'Reclaim Policy',
    'persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its claim.',
    ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
  ),
  text('Status', 'phase indicates if a volume is available, bound to a claim, or released by a claim.', ({ metadata, status }) =>
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
  ),
  text(
    'Claim',
    'claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim.',
    ({ spec: { claimRef } }) => (claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : ''),
  ),
  text(
    'StorageClass',
    'StorageClass of the pv',
    ({ metadata, spec }) => metadata.annotations?.[storageClassAnnotation] ?? spec.storageClassName ?? '',
  ),
  text('VolumeAttributesClass', 'VolumeAttributesClass of the pv', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
  text(
    'Reason',
    'reason is a brief CamelCase string that describes any failure and is meant for machine parsing and tidy display in the CLI.',
    ({ status }) => status?.reason ?? '',
  ),
  ageColumn,
  {
    ...text(
      'VolumeMode',
      'volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw block state.',
      ({ spec }) => spec.volumeMode ?? '<unset>',
    ),
    priority: 1,
  },
];
