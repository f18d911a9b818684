import { selectorFromMap } from '@t8s/meta';
import { validateReplicaCounts } from '../../apps/replica-counts.ts';
import { replicaScale } from '../../apps/replica-scale.ts';
import { containerColumns, countColumn } from '../../apps/workload-columns.ts';
import { ageColumn, formatLabels, nameColumn } from '../../columns.ts';
import type { ReplicationController } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { dropDisabledFields } from '../pod/disabled-fields.ts';
import { podTemplateWarnings } from '../pod/warnings.ts';
import { defaultReplicationController } from './defaults.ts';
import { validateReplicationController } from './validate.ts';

export const replicationControllerKind = defineKind<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  schema: 'ReplicationController',
  subresources: {
    status: { validate: ({ status }) => validateReplicaCounts(status) },
    scale: replicaScale<ReplicationController>(({ spec }) => selectorFromMap(spec.selector ?? {}).toString()),
  },
  columns: [
    nameColumn,
    countColumn<ReplicationController>({
      name: 'Desired',
      description: 'Replicas is the number of desired replicas.',
      of: ({ spec }) => spec.replicas,
    }),
    countColumn<ReplicationController>({
      name: 'Current',
      description: 'Replicas is the most recently observed number of replicas.',
      of: ({ status }) => status?.replicas,
    }),
    countColumn<ReplicationController>({
      name: 'Ready',
      description: 'The number of ready replicas for this replication controller.',
      of: ({ status }) => status?.readyReplicas,
    }),
    ageColumn,
    ...containerColumns<ReplicationController>(({ spec }) => spec.template),
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: 'Selector is a label query over pods that should match the Replicas count.',
      cell: ({ spec }) => formatLabels(spec.selector),
    },
  ],
  lists: { 'ReplicationControllerStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] } },
  strategy: {
    defaults: defaultReplicationController,
    orphansDependents: true,
    prepareForCreate(controller) {
      controller.metadata.generation = 1;
      controller.status = { replicas: 0 };
      if (controller.spec.template?.spec) dropDisabledFields(controller.spec.template.spec);
    },
    prepareForUpdate(controller, old) {
      keepFields(controller, old, ['status']);
      if (controller.spec.template?.spec) dropDisabledFields(controller.spec.template.spec, old.spec.template?.spec);
      countSpecChanges(controller, old);
    },
    validate: validateReplicationController,
    warnings({ metadata, spec: { template } }, old) {
      if (old && metadata.generation === old.metadata.generation) return [];
      return template ? podTemplateWarnings(template.metadata ?? {}, template.spec ?? { containers: [] }, 'spec.template') : [];
    },
  },
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
});
