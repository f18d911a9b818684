/** What a cron job must be: batch's ValidateCronJobCreate and ValidateCronJobUpdate (v1.34). */
import { type FieldError, invalidValue, notSupported, required } from '@t8s/meta';
import { nonNegative, oneOf } from '../../field-checks.ts';
import type { CronJob, CronJobSpec, JobTemplateSpec } from '../../generated/types.ts';
import { validateJobSpec } from '../job/validate.ts';
import { parseSchedule, ScheduleError } from './schedule.ts';
import { validateTimeZone } from './time-zone.ts';

/** Jobs are called `<name>-<minutes since the epoch>`, and a job's name is a label. */
const maxName = 52;

export function validateCronJobCreate({ metadata: { name = '' }, spec }: CronJob): FieldError[] {
  return [
    ...validateSpec(spec),
    ...(name.length > maxName ? [invalidValue('metadata.name', name, `must be no more than ${maxName} characters`)] : []),
  ];
}

/** What is stored may have a longer name, and a time zone in its schedule: both were allowed once. */
export const validateCronJobUpdate = ({ spec }: CronJob, old: CronJob): FieldError[] => validateSpec(spec, old.spec);

function validateSpec(spec: CronJobSpec, old?: CronJobSpec): FieldError[] {
  return [
    ...validateSchedule(spec, old?.schedule.includes('TZ') ?? false),
    ...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...(old && old.timeZone === spec.timeZone ? [] : validateTimeZone(spec.timeZone, 'spec.timeZone')),
    ...oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...validateJobTemplate(spec.jobTemplate, 'spec.jobTemplate.spec'),
    ...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
  ];
}

function validateSchedule({ schedule = '', timeZone }: CronJobSpec, zoneWasAllowed: boolean): FieldError[] {
  const path = 'spec.schedule';
  if (schedule === '') return [required(path)];
  const errors: FieldError[] = [];
  try {
    parseSchedule(schedule);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    errors.push(invalidValue(path, schedule, error.message));
  }
  if (!schedule.includes('TZ')) return errors;
  if (!zoneWasAllowed) errors.push(invalidValue(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  else if (timeZone !== undefined)
    errors.push(invalidValue(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
  return errors;
}

function validateJobTemplate({ spec = { template: {} } }: JobTemplateSpec, path: string): FieldError[] {
  return [
    ...validateJobSpec(spec, path),
    ...(spec.selector ? [invalidValue(`${path}.selector`, spec.selector, '`selector` will be auto-generated')] : []),
    ...(spec.manualSelector ? [notSupported(`${path}.manualSelector`, true, ['nil', 'false'])] : []),
  ];
}
