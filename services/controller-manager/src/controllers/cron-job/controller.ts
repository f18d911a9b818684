/** CronJob: makes jobs at the times of a schedule. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
import { isDeepStrictEqual } from 'node:util';
import { type CronJob, cronJobKind, isTimeZone, type Job, jobKind, parseSchedule, type Schedule, ScheduleError } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { controllerOf, formatTime, objectKey, parseTime } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { type Owner, withKind } from '../../pods/claim.ts';
import { WrittenVersions } from '../../written-versions.ts';
import { type Starts, startsOf } from './missed.ts';
import { OwnJobs } from './own-jobs.ts';

const zonesInSchedules = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';

export function cronJobController(context: ControllerContext): Controller {
  const { client, informers, clock, log } = context;
  const events = context.events('cronjob-controller');
  const cronJobs = informers.informer(cronJobKind);
  const jobs = informers.informer(jobKind, { indexers: { cronJob: (job) => ownerOf(job) } });
  const controller = new Controller({ name: 'cronjob', informers: [cronJobs, jobs], reconcile, workers: 5, log, clock });
  const ownJobs = new OwnJobs({ client, events });
  const versions = new WrittenVersions();
  controller.watch(cronJobs, (cronJob) => [objectKey(cronJob)]);
  cronJobs.addHandler({ deleted: ({ metadata }) => versions.forget(metadata.uid) });
  controller.watch(jobs, (job, old) => [job, ...(old ? [old] : [])].flatMap(keysOf));
  return controller;

  function keysOf(job: Job): string[] {
    const owner = controllerOf(job);
    return owner?.kind === 'CronJob' ? [`${job.metadata.namespace}/${owner.name}`] : [];
  }

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    const cached = cronJobs.get(key);
    if (!cached || versions.isBehind(cached)) return undefined;
    const cronJob: Owner<CronJob> = withKind(cronJobKind, structuredClone(cached));
    const status = cronJob.status ?? {};
    cronJob.status = status;
    const own = jobs.byIndex('cronJob', cronJob.metadata.uid ?? '');
    try {
      await ownJobs.trimHistory(cronJob, own);
      await ownJobs.follow(cronJob, own);
      return cronJob.metadata.deletionTimestamp ? undefined : await keepSchedule(cronJob);
    } finally {
      if (status.active?.length === 0) delete status.active;
      if (!isDeepStrictEqual(status, cached.status ?? {}))
        versions.wrote(await client.resource(cronJobKind).updateStatus({ ...cached, status }));
    }
  }

  async function keepSchedule(cronJob: Owner<CronJob>): Promise<{ requeueAfter: number } | undefined> {
    const schedule = scheduleOf(cronJob);
    if (!schedule || cronJob.spec.suspend) return undefined;
    const starts = startsOf(cronJob, schedule, clock.now());
    if (starts.due !== undefined) await start(cronJob, starts, starts.due);
    else if (starts.wait === undefined)
      events.event(
        cronJob,
        'Warning',
        'InvalidSchedule',
        `invalid schedule: ${cronJob.spec.schedule} : time difference between two schedules is less than 1 second`,
      );
    return starts.wait === undefined ? undefined : { requeueAfter: starts.wait };
  }

  /** Undefined, and an event, where it cannot be read: only what was stored long ago. */
  function scheduleOf(cronJob: Owner<CronJob>): Schedule | undefined {
    const { schedule, timeZone, suspend } = cronJob.spec;
    const warn = (reason: string, message: string): void => events.event(cronJob, 'Warning', reason, message);
    if (timeZone !== undefined && timeZone !== 'Local' && !isTimeZone(timeZone)) {
      warn('UnknownTimeZone', `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`);
      return undefined;
    }
    if (schedule.includes('TZ') && !suspend)
      warn(
        'UnsupportedSchedule',
        `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, see ${zonesInSchedules} for more details`,
      );
    try {
      return parseSchedule(schedule);
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error;
      warn('UnparseableSchedule', `unparseable schedule: ${JSON.stringify(schedule)} : ${error.message}`);
      return undefined;
    }
  }

  /** Makes the job of the start that is due, unless it is too late or another one is in its way. */
  async function start(cronJob: Owner<CronJob>, { tooManyMissed }: Starts, due: number): Promise<void> {
    const { spec, status = {}, metadata } = cronJob;
    const { startingDeadlineSeconds = Infinity, concurrencyPolicy } = spec;
    const { active = [] } = status;
    if (tooManyMissed)
      events.event(
        cronJob,
        'Warning',
        'TooManyMissedTimes',
        'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
      );
    if (due + startingDeadlineSeconds * 1000 < clock.now()) {
      const missed = new Date(due).toUTCString().replace('GMT', '+0000');
      return void events.event(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${missed}`);
    }
    // Minutes are the least distance of two starts: one start has one name, whoever makes it.
    const name = `${metadata.name}-${Math.floor(due / 60_000)}`;
    if (active.some((job) => job.name === name) || parseTime(status.lastScheduleTime ?? '') === due) return;
    if (concurrencyPolicy === 'Forbid' && active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      return void events.event(cronJob, 'Normal', 'JobAlreadyActive', message);
    }
    if (concurrencyPolicy === 'Replace') for (const { name = '' } of active) await ownJobs.replace(cronJob, name);
    const job = await ownJobs.create(cronJob, name, due);
    if (!job || status.active?.some(({ uid }) => uid === job.metadata.uid)) return;
    const { resourceVersion, uid } = job.metadata;
    const reference = { apiVersion: 'batch/v1', kind: 'Job', name, namespace: metadata.namespace, resourceVersion, uid };
    status.active = [...(status.active ?? []), reference];
    status.lastScheduleTime = formatTime(due);
  }
}

function ownerOf(job: Job): string[] {
  const owner = controllerOf(job);
  return owner?.kind === 'CronJob' ? [owner.uid] : [];
}
