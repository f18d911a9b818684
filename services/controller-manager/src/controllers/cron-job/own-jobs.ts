/** The jobs of cron jobs: made, followed in the status, and deleted when there are more than are to be kept. */
import { type CronJob, cronJobKind, type Job, jobKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import { controllerOf, isStatus, parseTime } from '@t8s/meta';
import { controllerReference, freshOwner, type Owner } from '../../pods/claim.ts';
import { isNamespaceTerminating } from '../../pods/pod-control.ts';
import { isTrue } from '../job/job-pods.ts';
import { zoneOf } from './missed.ts';
import { formatInZone } from './time-zone.ts';

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** Writes `status` of the cron job it is given; whoever calls stores it. */
export class OwnJobs {
  readonly #client: Client;
  readonly #events: EventRecorder;

  constructor({ client, events }: { client: Client; events: EventRecorder }) {
    this.#client = client;
    this.#events = events;
  }

  /** Deletes the oldest finished jobs beyond the limits. */
  async trimHistory(cronJob: Owner<CronJob>, own: readonly Job[]): Promise<void> {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
    const startOf = ({ metadata, status }: Job): string => `${status?.startTime ?? '~'} ${metadata.name}`;
    for (const [type, limit = Infinity] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const) {
      const finished = own.filter((job) => isTrue(job.status, type) && !job.metadata.deletionTimestamp);
      if (finished.length <= limit) continue;
      finished.sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
      for (const job of finished.slice(0, finished.length - limit)) await this.remove(cronJob, job);
    }
  }

  /** Brings `status.active` and `status.lastSuccessfulTime` in step with the jobs there are. */
  async follow(cronJob: Owner<CronJob>, own: readonly Job[]): Promise<void> {
    const { status = {} } = cronJob;
    for (const job of own) {
      const { name, uid } = job.metadata;
      const isKnown = status.active?.some((active) => active.uid === uid);
      const end = (['Complete', 'Failed'] as const).find((type) => isTrue(job.status, type));
      if (end && isKnown) {
        status.active = status.active?.filter((active) => active.uid !== uid);
        this.#events.event(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`);
      }
      if (!end && !isKnown && !(await freshOwner(this.#client, cronJobKind, cronJob))?.status?.active?.some((active) => active.uid === uid))
        this.#events.event(cronJob, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${name}`);
      const completed = end === 'Complete' ? job.status?.completionTime : undefined;
      if ((parseTime(completed ?? '') ?? -Infinity) > (parseTime(status.lastSuccessfulTime ?? '') ?? -Infinity))
        status.lastSuccessfulTime = completed;
    }
    const known = new Set(own.map(({ metadata }) => metadata.uid));
    for (const { namespace, name = '', uid } of status.active ?? []) {
      // The cache may be late: the API knows.
      if (known.has(uid) || (await freshOwner(this.#client, jobKind, { metadata: { namespace, name } } as Job))) continue;
      this.#events.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
      status.active = status.active?.filter((active) => active.uid !== uid);
    }
  }

  /** The job, also when an earlier look has made it and died; undefined where the name is another's. */
  async create(cronJob: Owner<CronJob>, name: string, due: number): Promise<Job | undefined> {
    const { namespace } = cronJob.metadata;
    try {
      const job = await this.#client.resource(jobKind).create(jobOf(cronJob, name, due));
      this.#events.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
      return job;
    } catch (error) {
      if (isStatus(error, 'AlreadyExists')) {
        const job = await this.#client.resource(jobKind).get({ namespace, name });
        return controllerOf(job)?.uid === cronJob.metadata.uid ? job : undefined;
      }
      if (!isNamespaceTerminating(error))
        this.#events.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${(error as Error).message}`);
      throw error;
    }
  }

  /** Makes way for the next one. */
  async replace(cronJob: Owner<CronJob>, name: string): Promise<void> {
    const { namespace } = cronJob.metadata;
    const job = await this.#client
      .resource(jobKind)
      .get({ namespace, name })
      .catch((error: unknown) => {
        this.#events.event(cronJob, 'Warning', 'FailedGet', `Get job: ${(error as Error).message}`);
        throw error;
      });
    await this.remove(cronJob, job);
  }

  async remove(cronJob: Owner<CronJob>, { metadata }: Job): Promise<void> {
    const { namespace, name = '', uid } = metadata;
    try {
      await this.#client.resource(jobKind).delete({ namespace, name }, { propagationPolicy: 'Background', preconditions: { uid } });
    } catch (error) {
      if (isStatus(error, 'NotFound')) return;
      this.#events.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${(error as Error).message}`);
      throw error;
    }
    const { status = {} } = cronJob;
    if (status.active) status.active = status.active.filter((active) => active.uid !== uid);
    this.#events.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
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
