import { ageColumn, nameColumn } from '../../columns.ts';
import type { CSIDriver } from '../../generated/types.ts';
import { type Column, defineKind } from '../../kind.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { validateCsiDriver, validateCsiDriverUpdate } from './validate.ts';

const flag = (
  field: 'attachRequired' | 'podInfoOnMount' | 'storageCapacity' | 'requiresRepublish',
  of: { name: string; description: string },
): Column<CSIDriver> => ({
  ...of,
  type: 'boolean',
  cell: ({ spec }) => spec[field] ?? field === 'attachRequired',
});

export const csiDriverKind = defineKind<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  resource: 'csidrivers',
  singular: 'csidriver',
  namespaced: false,
  schema: 'CSIDriver',
  lists: {
    'CSIDriverSpec.tokenRequests': { listType: 'atomic' },
    'CSIDriverSpec.volumeLifecycleModes': { listType: 'set' },
  },
  columns: [
    nameColumn,
    flag('attachRequired', {
      name: 'AttachRequired',
      description: 'attachRequired indicates this CSI volume driver requires an attach operation.',
    }),
    flag('podInfoOnMount', {
      name: 'PodInfoOnMount',
      description: 'podInfoOnMount indicates this CSI volume driver requires additional pod information during mount operations.',
    }),
    flag('storageCapacity', {
      name: 'StorageCapacity',
      description: 'storageCapacity indicates that the CSI volume driver wants pod scheduling to consider the storage capacity.',
    }),
    {
      name: 'TokenRequests',
      type: 'string',
      description: "tokenRequests indicates the CSI driver needs pods' service account tokens it is mounting volume for.",
      cell: ({ spec }) => spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
    },
    flag('requiresRepublish', {
      name: 'RequiresRepublish',
      description: 'requiresRepublish indicates the CSI driver wants `NodePublishVolume` being periodically called.',
    }),
    {
      name: 'Modes',
      type: 'string',
      description: 'volumeLifecycleModes defines what kind of volumes this CSI volume driver supports.',
      cell: ({ spec }) => spec.volumeLifecycleModes?.join(',') || '<none>',
    },
    ageColumn,
  ],
  strategy: {
    returnsDeleted: true,
    unconditionalUpdate: false,
    defaults({ spec }) {
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
      if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
      spec.requiresRepublish ??= false;
      spec.seLinuxMount ??= false;
    },
    /** How often the kubelet asks a driver for its limits is a feature that v1.34 has off (MutableCSINodeAllocatableCount). */
    prepareForCreate({ spec }) {
      delete spec.nodeAllocatableUpdatePeriodSeconds;
    },
    prepareForUpdate({ metadata, spec }, old) {
      if (old.spec.nodeAllocatableUpdatePeriodSeconds === undefined) delete spec.nodeAllocatableUpdatePeriodSeconds;
      if (!semanticEqual(spec, old.spec)) metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
    validate: validateCsiDriver,
    validateUpdate: validateCsiDriverUpdate,
  },
});
