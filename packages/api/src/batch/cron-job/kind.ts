import { dropDisabledFields } from '../../core/pod/disabled-fields.ts';
import type { CronJob } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { jobSpecWarnings, nameWarnings } from '../job/warnings.ts';
import { cronJobColumns } from './columns.ts';
import { defaultCronJob } from './defaults.ts';
import { validateCronJobCreate, validateCronJobUpdate } from './validate.ts';

const podSpec = ({ spec }: CronJob) => spec.jobTemplate.spec?.template.spec;

export const cronJobKind = defineKind<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  resource: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  schema: 'CronJob',
  subresources: { status: {} },
  columns: cronJobColumns,
  lists: { 'CronJobStatus.active': { listType: 'atomic' } },
  strategy: {
    defaults: defaultCronJob,
    prepareForCreate(cronJob) {
      cronJob.metadata.generation = 1;
      cronJob.status = {};
      const pod = podSpec(cronJob);
      if (pod) dropDisabledFields(pod);
    },
    prepareForUpdate(cronJob, old) {
      keepFields(cronJob, old, ['status']);
      const pod = podSpec(cronJob);
      if (pod) dropDisabledFields(pod, podSpec(old));
      countSpecChanges(cronJob, old);
    },
    validateCreate: validateCronJobCreate,
    validateUpdate: validateCronJobUpdate,
    warnings({ metadata, spec }, old) {
      const job = jobSpecWarnings(spec.jobTemplate.spec ?? { template: {} }, 'spec.jobTemplate.spec');
      if (!old) return [...nameWarnings(metadata), ...job];
      return [...(metadata.generation === old.metadata.generation ? [] : job), ...(spec.schedule.includes('TZ') ? [zoneInSchedule] : [])];
    },
  },
});

const zoneInSchedule =
  'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';
