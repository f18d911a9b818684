import { ageColumn, nameColumn } from '../../columns.ts';
import type { PriorityClass } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validatePriorityClass, validatePriorityClassUpdate } from './validate.ts';

export const priorityClassKind = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  resource: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  schema: 'PriorityClass',
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', description: 'Priority that pods of the class get.', cell: ({ value }) => value },
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether pods without a class get this one.',
      cell: ({ globalDefault }) => globalDefault ?? false,
    },
    ageColumn,
    {
      name: 'PreemptionPolicy',
      type: 'string',
      description: 'Whether pods of the class may displace others.',
      cell: ({ preemptionPolicy }) => preemptionPolicy ?? '',
    },
  ],
  strategy: {
    defaults(priorityClass) {
      priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
    },
    prepareForCreate({ metadata }) {
      metadata.generation = 1;
    },
    validate: validatePriorityClass,
    validateUpdate: validatePriorityClassUpdate,
  },
});
