import { ageColumn, nameColumn } from '../../columns.ts';
import type { Secret } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { immutable } from '../../object-meta/validate.ts';
import { validateImmutable } from '../config-map/validate.ts';
import { defaultSecret } from './defaults.ts';
import { validateSecret } from './validate.ts';

export const secretKind = defineKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  singular: 'secret',
  namespaced: true,
  schema: 'Secret',
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: 'What the data is for.', cell: ({ type }) => type ?? '' },
    { name: 'Data', type: 'string', description: 'Number of entries.', cell: ({ data = {} }) => Object.keys(data).length },
    ageColumn,
  ],
  selectableFields: ({ type = '' }) => ({ type }),
  strategy: {
    defaults: defaultSecret,
    validate: validateSecret,
    validateUpdate: (object, old) => [...immutable('type', object.type, old.type), ...validateImmutable(object, old, ['data'])],
  },
});
