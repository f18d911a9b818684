/** What writes do to jobs: jobStrategy of upstream's registry/batch/job. */
import { dropDisabledFields } from '../../core/pod/disabled-fields.ts';
import type { Job } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { labelAsTemplate } from './defaults.ts';

export const controllerUidLabel = 'batch.kubernetes.io/controller-uid';
export const jobNameLabel = 'batch.kubernetes.io/job-name';
/** As these labels were called before they had a prefix: both are kept. */
export const legacyLabels = { controllerUid: 'controller-uid', jobName: 'job-name' };

export function prepareJobForCreate(job: Job): void {
  if (!job.spec.manualSelector) generateSelector(job);
  labelAsTemplate(job);
  job.status = {};
  job.metadata.generation = 1;
  if (job.spec.template.spec) dropDisabledFields(job.spec.template.spec);
}

export function prepareJobForUpdate(job: Job, old: Job): void {
  keepFields(job, old, ['status']);
  if (job.spec.template.spec) dropDisabledFields(job.spec.template.spec, old.spec.template.spec);
  countSpecChanges(job, old);
}

/** A job selects its pods by its own UID, so that no two jobs meet. What the user has set stays: validation looks at it. */
function generateSelector({ metadata, spec }: Job): void {
  const { name = '', uid = '' } = metadata;
  spec.template.metadata ??= {};
  spec.template.metadata.labels = {
    [legacyLabels.jobName]: name,
    [jobNameLabel]: name,
    [legacyLabels.controllerUid]: uid,
    [controllerUidLabel]: uid,
    ...spec.template.metadata.labels,
  };
  spec.selector ??= {};
  spec.selector.matchLabels = { [controllerUidLabel]: uid, ...spec.selector.matchLabels };
}
