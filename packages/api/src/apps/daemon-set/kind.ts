import { ageColumn, formatLabels, nameColumn } from '../../columns.ts';
import { podTemplateWarnings } from '../../core/pod/warnings.ts';
import type { DaemonSet } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { countColumn, workloadColumns } from '../workload-columns.ts';
import { defaultDaemonSet } from './defaults.ts';
import { prepareDaemonSetForCreate, prepareDaemonSetForUpdate } from './strategy.ts';
import { validateDaemonSet, validateDaemonSetStatus, validateDaemonSetUpdate } from './validate.ts';

type Status = NonNullable<DaemonSet['status']>;

const statusColumn = (name: string, field: Exclude<keyof Status, 'conditions'>, description: string) =>
  countColumn<DaemonSet>({ name, description, of: ({ status }) => status?.[field] });

export const daemonSetKind = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  schema: 'DaemonSet',
  subresources: { status: { validate: validateDaemonSetStatus } },
  columns: [
    nameColumn,
    statusColumn('Desired', 'desiredNumberScheduled', 'The total number of nodes that should be running the daemon pod.'),
    statusColumn('Current', 'currentNumberScheduled', 'The number of nodes that run at least one daemon pod and are supposed to.'),
    statusColumn('Ready', 'numberReady', 'The number of nodes that run a daemon pod with a Ready Condition.'),
    statusColumn('Up-to-date', 'updatedNumberScheduled', 'The total number of nodes that are running updated daemon pod.'),
    statusColumn('Available', 'numberAvailable', 'The number of nodes that have the daemon pod running and available.'),
    {
      name: 'Node Selector',
      type: 'string',
      description: 'Labels a node must have for a daemon pod to run on it.',
      cell: ({ spec }) => formatLabels(spec.template.spec?.nodeSelector),
    },
    ageColumn,
    ...workloadColumns,
  ],
  lists: { 'DaemonSetStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] } },
  strategy: {
    defaults: defaultDaemonSet,
    prepareForCreate: prepareDaemonSetForCreate,
    prepareForUpdate: prepareDaemonSetForUpdate,
    validate: validateDaemonSet,
    validateUpdate: validateDaemonSetUpdate,
    warnings({ metadata, spec: { template } }, old) {
      if (old && metadata.generation === old.metadata.generation) return [];
      return podTemplateWarnings(template.metadata ?? {}, template.spec ?? { containers: [] }, 'spec.template');
    },
  },
});
