/** Jobs and CronJobs. */
import type { CronJob, Job, JobSpec } from '@t8s/api';
import { controllerOf, humanDuration } from '@t8s/meta';
import { type Describer, describeHead, describeOwnEvents } from './describer.ts';
import { type Description, longTime, trueOrFalse } from './description.ts';
import { describeTemplate } from './pod-template.ts';
import { formatSelector } from './selector.ts';

/** Completed indexes are cut at the first comma after so many characters. */
const indexesWidth = 50;

export const describeJob: Describer<Job> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status = {} } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  to.line(0, 'Selector:', spec.selector ? formatSelector(spec.selector) : '');
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  const controller = controllerOf(object);
  if (controller) to.line(0, 'Controlled By:', `${controller.kind}/${controller.name}`);
  if (spec.parallelism !== undefined) to.line(0, 'Parallelism:', spec.parallelism);
  to.line(0, 'Completions:', spec.completions ?? '<unset>');
  if (spec.completionMode) to.line(0, 'Completion Mode:', spec.completionMode);
  if (spec.suspend !== undefined) to.line(0, 'Suspend:', spec.suspend);
  if (spec.backoffLimit !== undefined) to.line(0, 'Backoff Limit:', spec.backoffLimit);
  if (spec.ttlSecondsAfterFinished !== undefined) to.line(0, 'TTL Seconds After Finished:', spec.ttlSecondsAfterFinished);
  const { startTime, completionTime, active = 0, ready, succeeded = 0, failed = 0 } = status;
  if (startTime) to.line(0, 'Start Time:', longTime(startTime));
  if (completionTime) to.line(0, 'Completed At:', longTime(completionTime));
  if (startTime && completionTime) to.line(0, 'Duration:', humanDuration(Date.parse(completionTime) - Date.parse(startTime)));
  if (spec.activeDeadlineSeconds !== undefined) to.line(0, 'Active Deadline Seconds:', `${spec.activeDeadlineSeconds}s`);
  const readyText = ready === undefined ? '' : ` (${ready} Ready)`;
  to.line(0, 'Pods Statuses:', `${active} Active${readyText} / ${succeeded} Succeeded / ${failed} Failed`);
  if (spec.completionMode === 'Indexed') to.line(0, 'Completed Indexes:', shortIndexes(status.completedIndexes ?? ''));
  describeTemplate(to, spec.template);
  await describeOwnEvents(subject);
};

function shortIndexes(indexes: string): string {
  if (indexes === '') return '<none>';
  const comma = indexes.indexOf(',', indexesWidth);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}

export const describeCronJob: Describer<CronJob> = async (subject) => {
  const { object, to } = subject;
  const { spec, status = {} } = object;
  const { startingDeadlineSeconds: deadline } = spec;
  describeHead(subject);
  to.line(0, 'Schedule:', spec.schedule);
  to.line(0, 'Concurrency Policy:', spec.concurrencyPolicy);
  to.line(0, 'Suspend:', trueOrFalse(spec.suspend));
  to.line(0, 'Successful Job History Limit:', spec.successfulJobsHistoryLimit ?? '<unset>');
  to.line(0, 'Failed Job History Limit:', spec.failedJobsHistoryLimit ?? '<unset>');
  to.line(0, 'Starting Deadline Seconds:', deadline === undefined ? '<unset>' : `${deadline}s`);
  if (spec.jobTemplate.spec) describeJobTemplate(to, spec.jobTemplate.spec);
  to.line(0, 'Last Schedule Time:', status.lastScheduleTime ? longTime(status.lastScheduleTime) : '<unset>');
  to.line(0, 'Active Jobs:', status.active?.map(({ name }) => name).join(', ') || '<none>');
  await describeOwnEvents(subject);
};

function describeJobTemplate(to: Description, spec: JobSpec): void {
  to.line(0, 'Selector:', spec.selector ? formatSelector(spec.selector) : '<unset>');
  to.line(0, 'Parallelism:', spec.parallelism ?? '<unset>');
  to.line(0, 'Completions:', spec.completions ?? '<unset>');
  if (spec.activeDeadlineSeconds !== undefined) to.line(0, 'Active Deadline Seconds:', `${spec.activeDeadlineSeconds}s`);
  describeTemplate(to, spec.template);
}
