import type { CronJob } from '../../generated/types.ts';
import { defaultJobTemplateSpec } from '../job/defaults.ts';

/** The job in the template gets its own defaults when it is made. */
export function defaultCronJob({ spec }: CronJob): void {
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  spec.jobTemplate ??= {};
  spec.jobTemplate.metadata ??= {};
  spec.jobTemplate.spec ??= { template: {} };
  defaultJobTemplateSpec(spec.jobTemplate.spec);
}
