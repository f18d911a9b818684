import { ageColumn, nameColumn } from '../../columns.ts';
import type { VolumeAttributesClass } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { unchanged, validateDriver, validateParameters } from '../driver-parameters.ts';

export const volumeAttributesClassKind = defineKind<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  resource: 'volumeattributesclasses',
  singular: 'volumeattributesclass',
  shortNames: ['vac'],
  namespaced: false,
  schema: 'VolumeAttributesClass',
  columns: [
    nameColumn,
    {
      name: 'DriverName',
      type: 'string',
      description: 'Name of the CSI driver This field is immutable.',
      cell: ({ driverName }) => driverName ?? '',
    },
    ageColumn,
  ],
  strategy: {
    returnsDeleted: true,
    validate: ({ driverName, parameters }) => [
      ...validateDriver(driverName, 'driverName'),
      ...validateParameters(parameters, { empty: false }),
    ],
    validateUpdate: (object, old) => unchanged(object, old, ['driverName', 'parameters']),
  },
});
