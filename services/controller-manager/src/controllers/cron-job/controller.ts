/** CronJob: makes jobs at the times of a schedule. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
import { isDeepStrictEqual } from 'node:util';
import { type CronJob, cronJobKind, isTimeZone, type Job, jobKind, parseSchedule, type Schedule, ScheduleError } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { controllerOf, formatTime, isStatus, objectKey, parseTime } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { controllerReference, freshOwner, type Owner, withKind } from '../../pods/claim.ts';
import { isNamespaceTerminating } from '../../pods/pod-control.ts';
import { WrittenVersions } from '../../written-versions.ts';
import { isTrue } from '../job/job-pods.ts';
import { type Starts, startsOf, zoneOf } from './missed.ts';
import { formatInZone } from './time-zone.ts';

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const zonesInSchedules = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';

export function cronJobController(context: ControllerContext): Controller {
  const { client, informers, clock, log } = context;
  const events = context.events('cronjob-controller');
  const cronJobs = informers.informer(cronJobKind);
  const jobs = informers.informer(jobKind, { indexers: { cronJob: (job) => ownerOf(job) } });
  const controller = new Controller({ name: 'cronjob', informers: [cronJobs, jobs], reconcile, workers: 5, log, clock });
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
      await trimHistory(cronJob, own);
      await followJobs(cronJob, own);
      return cronJob.metadata.deletionTimestamp ? undefined : await keepSchedule(cronJob);
    } finally {
      if (status.active?.length === 0) delete status.active;
      if (!isDeepStrictEqual(status, cached.status ?? {}))
        versions.wrote(await client.resource(cronJobKind).updateStatus({ ...cached, status }));
    }
  }

  /** Deletes the oldest finished jobs beyond the limits. */
  async function trimHistory(cronJob: Owner<CronJob>, own: readonly Job[]): Promise<void> {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
    const startOf = ({ metadata, status }: Job): string => `${status?.startTime ?? '~'} ${metadata.name}`;
    for (const [type, limit = Infinity] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const) {
      const finished = own.filter((job) => isTrue(job.status, type) && !job.metadata.deletionTimestamp);
      if (finished.length <= limit) continue;
      finished.sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
      for (const job of finished.slice(0, finished.length - limit)) await remove(cronJob, job);
    }
  }

  /** Brings `status.active` and `status.lastSuccessfulTime` in step with the jobs there are. */
  async function followJobs(cronJob: Owner<CronJob>, own: readonly Job[]): Promise<void> {
    const { status = {} } = cronJob;
    for (const job of own) {
      const { name, uid } = job.metadata;
      const isKnown = status.active?.some((active) => active.uid === uid);
      const end = (['Complete', 'Failed'] as const).find((type) => isTrue(job.status, type));
      if (end && isKnown) {
        status.active = status.active?.filter((active) => active.uid !== uid);
        events.event(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`);
      }
      if (!end && !isKnown && !(await freshOwner(client, cronJobKind, cronJob))?.status?.active?.some((active) => active.uid === uid))
        events.event(cronJob, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${name}`);
      const completed = end === 'Complete' ? job.status?.completionTime : undefined;
      if ((parseTime(completed ?? '') ?? -Infinity) > (parseTime(status.lastSuccessfulTime ?? '') ?? -Infinity))
        status.lastSuccessfulTime = completed;
    }
    const known = new Set(own.map(({ metadata }) => metadata.uid));
    for (const { namespace, name = '', uid } of status.active ?? []) {
      // The cache may be late: the API knows.
      if (known.has(uid) || (await freshOwner(client, jobKind, { metadata: { namespace, name } } as Job))) continue;
      events.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
      status.active = status.active?.filter((active) => active.uid !== uid);
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
      const missed = new Date(due).toUTCString().replace('GMT', 'UTC');
      return void events.event(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${missed}`);
    }
    // Minutes are the least distance of two starts: one start has one name, whoever makes it.
    const name = `${metadata.name}-${Math.floor(due / 60_000)}`;
    if (active.some((job) => job.name === name) || parseTime(status.lastScheduleTime ?? '') === due) return;
    if (concurrencyPolicy === 'Forbid' && active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      return void events.event(cronJob, 'Normal', 'JobAlreadyActive', message);
    }
    if (concurrencyPolicy === 'Replace')
      for (const { name = '' } of active)
        await remove(cronJob, await client.resource(jobKind).get({ namespace: metadata.namespace, name }));
    const job = await create(cronJob, name, due);
    if (!job || status.active?.some(({ uid }) => uid === job.metadata.uid)) return;
    const { resourceVersion, uid } = job.metadata;
    const reference = { apiVersion: 'batch/v1', kind: 'Job', name, namespace: metadata.namespace, resourceVersion, uid };
    status.active = [...(status.active ?? []), reference];
    status.lastScheduleTime = formatTime(due);
  }

  /** The job, also when an earlier look has made it and died; undefined where the name is another's. */
  async function create(cronJob: Owner<CronJob>, name: string, due: number): Promise<Job | undefined> {
    const { namespace } = cronJob.metadata;
    try {
      const job = await client.resource(jobKind).create(jobOf(cronJob, name, due));
      events.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
      return job;
    } catch (error) {
      if (isStatus(error, 'AlreadyExists')) {
        const job = await client.resource(jobKind).get({ namespace, name });
        return controllerOf(job)?.uid === cronJob.metadata.uid ? job : undefined;
      }
      if (!isNamespaceTerminating(error))
        events.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${(error as Error).message}`);
      throw error;
    }
  }

  async function remove(cronJob: Owner<CronJob>, { metadata }: Job): Promise<void> {
    const { namespace, name = '', uid } = metadata;
    try {
      await client.resource(jobKind).delete({ namespace, name }, { propagationPolicy: 'Background', preconditions: { uid } });
    } catch (error) {
      if (isStatus(error, 'NotFound')) return;
      events.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${(error as Error).message}`);
      throw error;
    }
    const { status = {} } = cronJob;
    if (status.active) status.active = status.active.filter((active) => active.uid !== uid);
    events.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  }
}

function jobOf(cronJob: Owner<CronJob>, name: string, due: number): Job {
  const { jobTemplate, timeZone } = cronJob.spec;
  const { labels, annotations } = jobTemplate.metadata ?? {};
  return {
    metadata: {
      name,
      namespace: cronJob.metadata.namespace,
      ...(labels && { labels }),
      annotations: { ...annotations, [scheduledAnnotation]: formatInZone(due, zoneOf(timeZone || 'UTC')) },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec: structuredClone(jobTemplate.spec ?? { template: {} }),
  };
}

function ownerOf(job: Job): string[] {
  const owner = controllerOf(job);
  return owner?.kind === 'CronJob' ? [owner.uid] : [];
}
