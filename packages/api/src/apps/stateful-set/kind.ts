import { isDns1123Label, toSelector } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
import { dropDisabledFields } from '../../core/pod/disabled-fields.ts';
import type { StatefulSet } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { replicaScale } from '../replica-scale.ts';
import { containerColumns } from '../workload-columns.ts';
import { defaultStatefulSet } from './defaults.ts';
import { validateStatefulSetCreate, validateStatefulSetStatus, validateStatefulSetUpdate } from './validate.ts';
import { statefulSetWarnings } from './warnings.ts';

export const statefulSetKind = defineKind<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  resource: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  schema: 'StatefulSet',
  subresources: {
    status: { validate: validateStatefulSetStatus },
    scale: replicaScale<StatefulSet>(({ spec }) => toSelector(spec.selector).toString()),
  },
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Number of the pod with ready state',
      cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    ageColumn,
    ...containerColumns<StatefulSet>(({ spec }) => spec.template),
  ],
  lists: {
    'StatefulSetSpec.volumeClaimTemplates': { listType: 'atomic' },
    'StatefulSetStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
  },
  strategy: {
    defaults: defaultStatefulSet,
    validateName: isDns1123Label,
    prepareForCreate(set) {
      set.metadata.generation = 1;
      set.status = { replicas: 0, availableReplicas: 0 };
      dropDisabled(set);
    },
    prepareForUpdate(set, old) {
      keepFields(set, old, ['status']);
      dropDisabled(set, old);
      countSpecChanges(set, old);
    },
    validateCreate: validateStatefulSetCreate,
    validateUpdate: validateStatefulSetUpdate,
    warnings: statefulSetWarnings,
  },
});

/** `maxUnavailable` is off by default in v1.34 (MaxUnavailableStatefulSet, KEP-961). */
function dropDisabled({ spec }: StatefulSet, old?: StatefulSet): void {
  if (spec.template.spec) dropDisabledFields(spec.template.spec, old?.spec.template.spec);
  if (old?.spec.updateStrategy?.rollingUpdate?.maxUnavailable === undefined) delete spec.updateStrategy?.rollingUpdate?.maxUnavailable;
}
