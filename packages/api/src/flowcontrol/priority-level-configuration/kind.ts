import { ageColumn, nameColumn } from '../../columns.ts';
import type { PriorityLevelConfiguration, QueuingConfiguration } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { type Column, defineKind, ownMetadata } from '../../kind.ts';
import { validateConditions } from '../conditions.ts';
import { validatePriorityLevel } from './validate.ts';

const queuingColumn = (field: keyof QueuingConfiguration, name: string, description: string): Column<PriorityLevelConfiguration> => ({
  name,
  type: 'string',
  description,
  cell: ({ spec }) => {
    const queuing = spec.limited?.limitResponse?.queuing;
    return queuing ? (queuing[field] ?? 0) : '<none>';
  },
});

export const priorityLevelConfigurationKind = defineKind<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  resource: 'prioritylevelconfigurations',
  singular: 'prioritylevelconfiguration',
  namespaced: false,
  schema: 'PriorityLevelConfiguration',
  subresources: { status: { keeps: ownMetadata, validate: validateConditions } },
  lists: { 'PriorityLevelConfigurationStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] } },
  columns: [
    nameColumn,
    {
      name: 'Type',
      type: 'string',
      description: '`type` indicates whether this priority level is subject to limitation on request execution.',
      cell: ({ spec }) => spec.type ?? '',
    },
    {
      name: 'NominalConcurrencyShares',
      type: 'string',
      description:
        '`nominalConcurrencyShares` (NCS) contributes to the computation of the NominalConcurrencyLimit (NominalCL) of this level.',
      cell: ({ spec }) => (spec.limited ? (spec.limited.nominalConcurrencyShares ?? 0) : '<none>'),
    },
    queuingColumn('queues', 'Queues', '`queues` is the number of queues for this priority level.'),
    queuingColumn(
      'handSize',
      'HandSize',
      '`handSize` is a small positive number that configures the shuffle sharding of requests into queues.',
    ),
    queuingColumn(
      'queueLengthLimit',
      'QueueLengthLimit',
      '`queueLengthLimit` is the maximum number of requests allowed to be waiting in a given queue of this priority level at a time.',
    ),
    ageColumn,
  ],
  strategy: {
    defaults: defaultPriorityLevel,
    prepareForCreate(level) {
      level.status = {};
      level.metadata.generation = 1;
    },
    prepareForUpdate(level, old) {
      keepFields(level, old, ['status']);
      countSpecChanges(level, old);
    },
    validate: validatePriorityLevel,
  },
});

function defaultPriorityLevel({ spec: { exempt, limited } }: PriorityLevelConfiguration): void {
  if (exempt) {
    exempt.nominalConcurrencyShares ??= 0;
    exempt.lendablePercent ??= 0;
  }
  if (!limited) return;
  limited.nominalConcurrencyShares ??= 30;
  limited.lendablePercent ??= 0;
  const queuing = limited.limitResponse?.queuing;
  if (!queuing) return;
  queuing.handSize ||= 8;
  queuing.queues ||= 64;
  queuing.queueLengthLimit ||= 50;
}
