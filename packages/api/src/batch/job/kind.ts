import type { Job } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { jobColumns } from './columns.ts';
import { defaultJob } from './defaults.ts';
import { prepareJobForCreate, prepareJobForUpdate } from './strategy.ts';
import { validateJobCreate } from './validate.ts';
import { validateJobStatus } from './validate-status.ts';
import { validateJobUpdate } from './validate-update.ts';
import { jobWarnings } from './warnings.ts';

export const jobKind = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  resource: 'jobs',
  singular: 'job',
  categories: ['all'],
  namespaced: true,
  schema: 'Job',
  subresources: { status: { validate: validateJobStatus } },
  columns: jobColumns,
  lists: {
    'JobStatus.conditions': { mergeKey: 'type', listType: 'atomic' },
    'UncountedTerminatedPods.failed': { listType: 'set' },
    'UncountedTerminatedPods.succeeded': { listType: 'set' },
    'PodFailurePolicy.rules': { listType: 'atomic' },
    'PodFailurePolicyRule.onPodConditions': { listType: 'atomic' },
    'PodFailurePolicyOnExitCodesRequirement.values': { listType: 'set' },
    'SuccessPolicy.rules': { listType: 'atomic' },
  },
  strategy: {
    defaults: defaultJob,
    /** As before there was garbage collection: batch/v1 is older. */
    orphansDependents: true,
    prepareForCreate: prepareJobForCreate,
    prepareForUpdate: prepareJobForUpdate,
    validateCreate: validateJobCreate,
    validateUpdate: validateJobUpdate,
    warnings: jobWarnings,
  },
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
});
