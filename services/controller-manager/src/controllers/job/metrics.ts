/** Metrics under upstream's names. */
import type { Job, JobStatus, Pod } from '@t8s/api';
import { Counter, Histogram, type Registry } from 'prom-client';
import { isTerminal } from '../../pods/pod-state.ts';
import { isIndexed, isManagedElsewhere, isTracked } from './job-pods.ts';
import { matchFailure } from './pod-failure-policy.ts';

/** What a look at a job came to; `reconciling` where it waits for what it did before. */
export type SyncAction = 'reconciling' | 'tracking' | 'pods_created' | 'pods_deleted';

const modeOf = ({ spec }: Job): { completion_mode: string } => ({ completion_mode: isIndexed(spec) ? 'Indexed' : 'NonIndexed' });

export class JobMetrics {
  readonly #syncs: Counter;
  readonly #durations: Histogram;
  readonly #finished: Counter;
  readonly #podsFinished: Counter;
  readonly #handled: Counter;
  readonly #tracked: Counter;
  readonly #external: Counter;

  constructor(registry: Registry) {
    const named = (name: string, help: string, labelNames: string[]) => ({
      name: `job_controller_${name}`,
      help,
      labelNames,
      registers: [registry],
    });
    const sync = ['completion_mode', 'result', 'action'];
    this.#syncs = new Counter(named('job_syncs_total', 'The number of job syncs', sync));
    const buckets = Array.from({ length: 15 }, (_, i) => 0.004 * 2 ** i);
    this.#durations = new Histogram({ ...named('job_sync_duration_seconds', 'The time it took to sync a job', sync), buckets });
    this.#finished = new Counter(named('jobs_finished_total', 'The number of finished jobs', ['completion_mode', 'result', 'reason']));
    const pods = 'The number of finished Pods that are fully tracked';
    this.#podsFinished = new Counter(named('job_pods_finished_total', pods, ['completion_mode', 'result']));
    const handled = 'The number of failed Pods handled by failure policy, by the action of the rule that matched';
    this.#handled = new Counter(named('pod_failures_handled_by_failure_policy_total', handled, ['action']));
    const tracked = 'The number of terminated pods (phase=Failed|Succeeded) that have the finalizer batch.kubernetes.io/job-tracking';
    this.#tracked = new Counter(named('terminated_pods_tracking_finalizer_total', tracked, ['event']));
    const external = 'The number of Jobs managed by an external controller';
    this.#external = new Counter(named('jobs_by_external_controller_total', external, ['controller_name']));
  }

  added(job: Job): void {
    if (isManagedElsewhere(job)) this.#external.inc({ controller_name: job.spec.managedBy ?? '' });
  }

  synced(job: Job, { action, failed, seconds }: { action: SyncAction; failed: boolean; seconds: number }): void {
    const labels = { ...modeOf(job), result: failed ? 'error' : 'success', action };
    this.#syncs.inc(labels);
    this.#durations.observe(labels, seconds);
  }

  finished(job: Job, result: 'succeeded' | 'failed', reason: string): void {
    this.#finished.inc({ ...modeOf(job), result, reason });
  }

  /** Counts are of the job's status before and after. */
  counted(job: Job, before: JobStatus = {}, after: JobStatus): void {
    for (const result of ['succeeded', 'failed'] as const)
      this.#podsFinished.inc({ ...modeOf(job), result }, Math.max(0, (after[result] ?? 0) - (before[result] ?? 0)));
  }

  released({ spec }: Job, pod: Pod): void {
    const action = pod.status?.phase === 'Failed' ? matchFailure(spec.podFailurePolicy, pod)?.action : undefined;
    if (action !== undefined) this.#handled.inc({ action });
  }

  /** A pod that came, changed or went. */
  seen(old: Pod | undefined, now: Pod | undefined): void {
    const [was, is] = [old, now].map((pod) => pod !== undefined && isTerminal(pod) && isTracked(pod));
    if (was !== is) this.#tracked.inc({ event: is ? 'add' : 'delete' });
  }
}
