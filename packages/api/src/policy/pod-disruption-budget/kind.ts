import { isPathSegmentName } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
import type { PodDisruptionBudget } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { validatePodDisruptionBudget, validatePodDisruptionBudgetStatus } from './validate.ts';

export const podDisruptionBudgetKind = defineKind<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  namespaced: true,
  schema: 'PodDisruptionBudget',
  subresources: { status: { validate: validatePodDisruptionBudgetStatus } },
  columns: [
    nameColumn,
    {
      name: 'Min Available',
      type: 'string',
      description: 'The minimum number of pods that must be available.',
      cell: ({ spec }) => String(spec.minAvailable ?? 'N/A'),
    },
    {
      name: 'Max Unavailable',
      type: 'string',
      description: 'The maximum number of pods that may be unavailable.',
      cell: ({ spec }) => String(spec.maxUnavailable ?? 'N/A'),
    },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'Calculated number of pods that may be disrupted at this time.',
      cell: ({ status }) => status?.disruptionsAllowed ?? 0,
    },
    ageColumn,
  ],
  lists: {
    'PodDisruptionBudgetSpec.selector': { replace: true },
    'PodDisruptionBudgetStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
  },
  strategy: {
    /** Budgets never had a rule for their names but that they fit in a URL. */
    validateName: isPathSegmentName,
    unconditionalUpdate: false,
    prepareForCreate(budget) {
      budget.metadata.generation = 1;
      budget.status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    },
    prepareForUpdate(budget, old) {
      keepFields(budget, old, ['status']);
      countSpecChanges(budget, old);
    },
    validate: validatePodDisruptionBudget,
  },
});
