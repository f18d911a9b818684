import { ageColumn, nameColumn } from '../../columns.ts';
import type { ConfigMap } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateConfigMap, validateImmutable } from './validate.ts';

export const configMapKind = defineKind<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: 'ConfigMap',
  columns: [
    nameColumn,
    {
      name: 'Data',
      type: 'string',
      description: 'Number of entries.',
      cell: ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    },
    ageColumn,
  ],
  strategy: {
    validate: validateConfigMap,
    validateUpdate: (object, old) => validateImmutable(object, old, ['data', 'binaryData']),
  },
});
