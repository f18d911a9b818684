import { toSelector } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
import { dropDisabledFields } from '../../core/pod/disabled-fields.ts';
import { podTemplateWarnings } from '../../core/pod/warnings.ts';
import type { ReplicaSet } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { validateReplicaCounts } from '../replica-counts.ts';
import { replicaScale } from '../replica-scale.ts';
import { countColumn, workloadColumns } from '../workload-columns.ts';
import { defaultReplicaSet } from './defaults.ts';
import { validateReplicaSet, validateReplicaSetUpdate } from './validate.ts';

export const replicaSetKind = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  schema: 'ReplicaSet',
  subresources: {
    status: { validate: ({ status }) => validateReplicaCounts(status) },
    scale: replicaScale<ReplicaSet>(({ spec }) => toSelector(spec.selector).toString()),
  },
  columns: [
    nameColumn,
    countColumn<ReplicaSet>({ name: 'Desired', description: 'Replicas is the number of desired pods.', of: ({ spec }) => spec.replicas }),
    countColumn<ReplicaSet>({
      name: 'Current',
      description: 'Replicas is the most recently observed number of non-terminating pods.',
      of: ({ status }) => status?.replicas,
    }),
    countColumn<ReplicaSet>({
      name: 'Ready',
      description: 'The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.',
      of: ({ status }) => status?.readyReplicas,
    }),
    ageColumn,
    ...workloadColumns,
  ],
  lists: { 'ReplicaSetStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] } },
  strategy: {
    defaults: defaultReplicaSet,
    prepareForCreate(replicaSet) {
      replicaSet.metadata.generation = 1;
      replicaSet.status = { replicas: 0 };
      if (replicaSet.spec.template?.spec) dropDisabledFields(replicaSet.spec.template.spec);
    },
    prepareForUpdate(replicaSet, old) {
      keepFields(replicaSet, old, ['status']);
      if (replicaSet.spec.template?.spec) dropDisabledFields(replicaSet.spec.template.spec, old.spec.template?.spec);
      countSpecChanges(replicaSet, old);
    },
    validate: validateReplicaSet,
    validateUpdate: validateReplicaSetUpdate,
    warnings({ metadata, spec: { template } }, old) {
      if (old && metadata.generation === old.metadata.generation) return [];
      return podTemplateWarnings(template?.metadata ?? {}, template?.spec ?? { containers: [] }, 'spec.template');
    },
  },
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
});
