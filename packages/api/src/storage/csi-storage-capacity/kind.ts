import { type FieldError, invalidValue, isDns1123Subdomain, parseQuantity } from '@t8s/meta';
import { nameColumn } from '../../columns.ts';
import { deprecatedLabel } from '../../core/node/deprecated-labels.ts';
import { invalidBy } from '../../field-checks.ts';
import type { CSIStorageCapacity } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateLabelSelector } from '../../label-selector.ts';
import { immutable } from '../../object-meta/validate.ts';

export const csiStorageCapacityKind = defineKind<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  resource: 'csistoragecapacities',
  singular: 'csistoragecapacity',
  namespaced: true,
  schema: 'CSIStorageCapacity',
  columns: [
    nameColumn,
    {
      name: 'StorageClassName',
      type: 'string',
      description: 'storageClassName represents the name of the StorageClass that the reported capacity applies to.',
      cell: ({ storageClassName }) => storageClassName ?? '',
    },
    {
      name: 'Capacity',
      type: 'string',
      description: 'capacity is the value reported by the CSI driver in its GetCapacityResponse.',
      cell: ({ capacity }) => capacity ?? '<unset>',
    },
  ],
  strategy: {
    unconditionalUpdate: false,
    validate: validateCapacity,
    validateUpdate: (object, old) => [
      ...immutable('nodeTopology', object.nodeTopology ?? null, old.nodeTopology),
      ...immutable('storageClassName', object.storageClassName, old.storageClassName),
    ],
    warnings: topologyWarnings,
  },
});

function validateCapacity({ nodeTopology, storageClassName = '', capacity }: CSIStorageCapacity): FieldError[] {
  return [
    ...validateLabelSelector(nodeTopology, 'nodeTopology'),
    ...invalidBy('storageClassName', storageClassName, isDns1123Subdomain(storageClassName)),
    ...(capacity !== undefined && parseQuantity(capacity).nano < 0n
      ? [invalidValue('capacity', capacity, 'must be greater than or equal to 0')]
      : []),
  ];
}

function topologyWarnings({ nodeTopology: { matchLabels = {}, matchExpressions = [] } = {} }: CSIStorageCapacity): string[] {
  const warning = (key: string, say: (message: string) => string): string[] => {
    const message = deprecatedLabel(key);
    return message ? [say(message)] : [];
  };
  return [
    ...matchExpressions.flatMap(({ key }, i) => warning(key, (message) => `nodeTopology.matchExpressions[${i}].key: ${key} is ${message}`)),
    ...Object.keys(matchLabels).flatMap((key) => warning(key, (message) => `nodeTopology.matchLabels.${key}: ${message}`)),
  ];
}
