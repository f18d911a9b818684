import { formatTime } from '@t8s/meta';
import type { PersistentVolume } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { persistentVolumeColumns } from './columns.ts';
import { defaultPersistentVolume } from './defaults.ts';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './validate.ts';
import { persistentVolumeWarnings } from './warnings.ts';

export const persistentVolumeKind = defineKind<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  resource: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  schema: 'PersistentVolume',
  subresources: { status: { prepare: stampPhase } },
  lists: {
    'PersistentVolumeSpec.accessModes': { listType: 'atomic' },
    'PersistentVolumeSpec.mountOptions': { listType: 'atomic' },
    'CephFSPersistentVolumeSource.monitors': { listType: 'atomic' },
    'ISCSIPersistentVolumeSource.portals': { listType: 'atomic' },
    'RBDPersistentVolumeSource.monitors': { listType: 'atomic' },
  },
  columns: persistentVolumeColumns,
  selectableFields: ({ metadata }) => ({ name: metadata.name ?? '' }),
  strategy: {
    returnsDeleted: true,
    defaults: defaultPersistentVolume,
    prepareForCreate(volume) {
      volume.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(Date.now()) };
    },
    prepareForUpdate(volume, old) {
      keepFields(volume, old, ['status']);
    },
    validate: validatePersistentVolume,
    validateUpdate: validatePersistentVolumeUpdate,
    warnings: persistentVolumeWarnings,
  },
});

/** When the phase changed last; a client that says so itself is believed (KEP-3762). */
function stampPhase({ status = {} }: PersistentVolume, { status: old = {} }: PersistentVolume): void {
  const same = status.phase === old.phase;
  if (same && status.lastPhaseTransitionTime === undefined) keepFields(status, old, ['lastPhaseTransitionTime']);
  else if (!same && (status.lastPhaseTransitionTime ?? old.lastPhaseTransitionTime) === old.lastPhaseTransitionTime)
    status.lastPhaseTransitionTime = formatTime(Date.now());
}
