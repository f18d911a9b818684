/** The writes of accounting: a job's status, before and after its pods lose their finalizers. */
import { isDeepStrictEqual } from 'node:util';
import { type Job, type JobStatus, jobKind, type Pod, podKind } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import type { Informer } from '@t8s/informer';
import { objectKey } from '@t8s/meta';
import { type Owner, patchUnlessGone, withKind } from '../../pods/claim.ts';
import type { WrittenVersions } from '../../written-versions.ts';
import { conclude, countReleased, type Ended, enterEnded, setCondition, tidy } from './accounting.ts';
import type { Verdict } from './assess.ts';
import { isTracked, trackingFinalizer } from './job-pods.ts';
import type { JobMetrics } from './metrics.ts';

export interface TrackerOptions {
  client: Client;
  events: EventRecorder;
  pods: Informer<Pod>;
  versions: WrittenVersions;
  metrics: JobMetrics;
  clock: Clock;
}

export class JobTracker {
  readonly #options: TrackerOptions;
  readonly #released = new Set<string>();

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  /** UIDs of pods that have lost their finalizer, as long as the cache shows it. */
  get released(): ReadonlySet<string> {
    return this.#released;
  }

  /** Tells what the cache shows of a pod. */
  observe(pod: Pod, gone: boolean): void {
    if (gone || !isTracked(pod)) this.#released.delete(pod.metadata.uid ?? '');
  }

  /**
   * Counts the pods that have ended, and ends the job where the verdict is spoken and nothing is left to count. Calls `entered`
   * when they are in the stored status: none of them will be new again.
   */
  async account({ entered, ...ended }: Ended & { job: Owner<Job>; entered(): void }): Promise<void> {
    const { job, status, assessment, verdict } = ended;
    const { clock, metrics } = this.#options;
    const held = new Set(assessment.tracked.map(({ metadata }) => metadata.uid ?? ''));
    countReleased(status, held);
    const { release, more } = enterEnded(ended);
    if (verdict) setCondition(status, { ...verdict, status: 'True' }, clock.now());
    const current = await this.#write(job, status);
    entered();
    const results = await Promise.allSettled(release.map((pod) => this.free(pod)));
    for (const [i, pod] of release.entries()) {
      if (results[i]?.status !== 'fulfilled') continue;
      held.delete(pod.metadata.uid ?? '');
      metrics.released(job, pod);
    }
    countReleased(status, held);
    const failed = results.find((r) => r.status === 'rejected');
    const isOver = verdict !== undefined && !more && !failed && conclude(status, verdict, clock.now());
    await this.#write(current, status);
    metrics.counted(job, job.status, status);
    if (isOver) this.#tellEnd(job, status, verdict);
    if (failed) throw failed.reason;
  }

  /** Takes the finalizer from a pod; one that is gone has none. */
  async free(pod: Pod): Promise<void> {
    if (!isTracked(pod)) return;
    const { client, pods } = this.#options;
    await patchUnlessGone(client, podKind, pod, { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] });
    const cached = pods.get(objectKey(pod));
    if (cached && cached.metadata.uid === pod.metadata.uid && isTracked(cached)) this.#released.add(pod.metadata.uid ?? '');
  }

  async #write(job: Owner<Job>, status: JobStatus): Promise<Owner<Job>> {
    const { client, versions } = this.#options;
    const tidied = tidy(status);
    if (isDeepStrictEqual(tidied, job.status)) return job;
    const written = await client.resource(jobKind).updateStatus({ ...job, status: tidied });
    versions.wrote(written);
    return withKind(jobKind, written);
  }

  #tellEnd(job: Owner<Job>, { succeeded = 0 }: JobStatus, { type, reason, message }: Verdict): void {
    const { events, metrics } = this.#options;
    const isSuccess = type === 'SuccessCriteriaMet';
    metrics.finished(job, isSuccess ? 'succeeded' : 'failed', reason);
    if (isSuccess && succeeded > (job.spec.completions ?? Infinity))
      events.event(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
    if (isSuccess) events.event(job, 'Normal', 'Completed', 'Job completed');
    else events.event(job, 'Warning', reason, message);
  }
}
