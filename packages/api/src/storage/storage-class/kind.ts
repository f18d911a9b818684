import { ageColumn, nameColumn } from '../../columns.ts';
import { deprecatedLabel } from '../../core/node/deprecated-labels.ts';
import type { StorageClass } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateStorageClass, validateStorageClassUpdate } from './validate.ts';

export const storageClassKind = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  resource: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  schema: 'StorageClass',
  lists: {
    'StorageClass.allowedTopologies': { listType: 'atomic' },
    'StorageClass.mountOptions': { listType: 'atomic' },
    'TopologySelectorTerm.matchLabelExpressions': { listType: 'atomic' },
    'TopologySelectorLabelRequirement.values': { listType: 'atomic' },
  },
  columns: [
    { ...nameColumn, cell: ({ metadata }) => `${metadata.name ?? ''}${isDefaultClass({ metadata }) ? ' (default)' : ''}` },
    {
      name: 'Provisioner',
      type: 'string',
      description: 'provisioner indicates the type of the provisioner.',
      cell: ({ provisioner }) => provisioner ?? '',
    },
    {
      name: 'ReclaimPolicy',
      type: 'string',
      description: 'reclaimPolicy controls the reclaimPolicy for dynamically provisioned PersistentVolumes of this storage class.',
      cell: ({ reclaimPolicy = 'Delete' }) => reclaimPolicy,
    },
    {
      name: 'VolumeBindingMode',
      type: 'string',
      description: 'volumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.',
      cell: ({ volumeBindingMode = 'Immediate' }) => volumeBindingMode,
    },
    {
      name: 'AllowVolumeExpansion',
      type: 'string',
      description: 'allowVolumeExpansion shows whether the storage class allow volume expand.',
      cell: ({ allowVolumeExpansion = false }) => allowVolumeExpansion,
    },
    ageColumn,
  ],
  strategy: {
    returnsDeleted: true,
    defaults(storageClass) {
      storageClass.reclaimPolicy ??= 'Delete';
      storageClass.volumeBindingMode ??= 'Immediate';
    },
    validate: validateStorageClass,
    validateUpdate: validateStorageClassUpdate,
    warnings: ({ allowedTopologies = [] }) =>
      allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
        matchLabelExpressions.flatMap(({ key }, j) => {
          const message = deprecatedLabel(key);
          return message ? [`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${message}`] : [];
        }),
      ),
  },
});

/** Whether claims that name no class get this one. */
export function isDefaultClass({ metadata: { annotations = {} } }: Pick<StorageClass, 'metadata'>): boolean {
  return ['storageclass', 'storageclass.beta'].some((prefix) => annotations[`${prefix}.kubernetes.io/is-default-class`] === 'true');
}
