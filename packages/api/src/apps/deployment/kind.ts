import { toSelector } from '@t8s/meta';
import { ageColumn, nameColumn } from '../../columns.ts';
import { dropDisabledFields } from '../../core/pod/disabled-fields.ts';
import { podTemplateWarnings } from '../../core/pod/warnings.ts';
import type { Deployment } from '../../generated/types.ts';
import { countGeneration } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { replicaScale } from '../replica-scale.ts';
import { countColumn, workloadColumns } from '../workload-columns.ts';
import { defaultDeployment } from './defaults.ts';
import { validateDeployment, validateDeploymentStatus, validateDeploymentUpdate } from './validate.ts';

export const deploymentKind = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  schema: 'Deployment',
  subresources: {
    status: { keeps: ['labels'], validate: validateDeploymentStatus },
    scale: replicaScale<Deployment>(({ spec }) => toSelector(spec.selector).toString()),
  },
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Number of the pod with ready state',
      cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    countColumn<Deployment>({
      name: 'Up-to-date',
      type: 'string',
      description: 'Total number of non-terminating pods targeted by this deployment that have the desired template spec.',
      of: ({ status }) => status?.updatedReplicas,
    }),
    countColumn<Deployment>({
      name: 'Available',
      type: 'string',
      description: 'Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.',
      of: ({ status }) => status?.availableReplicas,
    }),
    ageColumn,
    ...workloadColumns,
  ],
  lists: {
    'DeploymentSpec.strategy': { retainKeys: true },
    'DeploymentStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
  },
  strategy: {
    defaults: defaultDeployment,
    prepareForCreate(deployment) {
      deployment.metadata.generation = 1;
      deployment.status = {};
      if (deployment.spec.template.spec) dropDisabledFields(deployment.spec.template.spec);
    },
    /** Annotations count too: the controller copies them to ReplicaSets. */
    prepareForUpdate(deployment, old) {
      keepFields(deployment, old, ['status']);
      if (deployment.spec.template.spec) dropDisabledFields(deployment.spec.template.spec, old.spec.template.spec);
      const same = semanticEqual(deployment.spec, old.spec) && semanticEqual(deployment.metadata.annotations, old.metadata.annotations);
      countGeneration(deployment, old, same);
    },
    validate: validateDeployment,
    validateUpdate: validateDeploymentUpdate,
    warnings({ metadata, spec: { template } }, old) {
      if (old && metadata.generation === old.metadata.generation) return [];
      return podTemplateWarnings(template.metadata ?? {}, template.spec ?? { containers: [] }, 'spec.template');
    },
  },
});
