/** A job on a fake apiserver, and hands that do what a kubelet does to its pods: what the tests of this folder share. */
import { type Job, type JobSpec, jobKind, type Pod, podKind } from '@t8s/api';
import type { FakeClock } from '@t8s/async';
import { formatTime } from '@t8s/meta';
import type { FakeClient } from '@t8s/testkit';
import { startControllers, type TestRun } from '../../test-context.ts';
import { jobController } from './controller.ts';
import { isTracked } from './job-pods.ts';

export const ref = { namespace: 'd', name: 'pi' };

/** As the apiserver would store it. */
export function jobOf(spec: Partial<JobSpec> = {}): Job {
  const labels = { 'batch.kubernetes.io/controller-uid': 'job-uid' };
  return {
    metadata: { ...ref, uid: 'job-uid' },
    spec: {
      parallelism: 1,
      ...(spec.parallelism === undefined && { completions: 1 }),
      backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
      podReplacementPolicy: spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed',
      ...spec,
    },
  };
}

export interface JobRun extends TestRun {
  job(): Promise<Job>;
  /** Those that live, in the order of their making. */
  active(): Promise<Pod[]>;
  /** Ends a pod with an exit code. One that is being deleted and held by nobody goes. */
  exit(pod: Pod | undefined, code: number): Promise<void>;
}

/** Starts the controller, with a client of its own if given, and makes the job, if given: a successor finds it there. */
export async function runJob(spec?: Partial<JobSpec>, run?: { client: FakeClient; clock: FakeClock; own?: FakeClient }): Promise<JobRun> {
  const started = await startControllers((context) => [jobController(context)], run && { ...run, client: run.own ?? run.client });
  const { clock } = started;
  const client = run?.client ?? started.client;
  const pods = client.resource(podKind);
  if (spec) {
    await client.resource(jobKind).create(jobOf(spec));
    await started.settle();
  }
  return {
    ...started,
    client,
    job: () => client.resource(jobKind).get(ref),
    active: async () =>
      (await pods.list()).items.filter(
        (p) => isTracked(p) && !p.metadata.deletionTimestamp && !/^(Succeeded|Failed)$/.test(p.status?.phase ?? ''),
      ),
    async exit(pod, exitCode) {
      if (!pod) throw new Error('there is no such pod');
      const finishedAt = formatTime(clock.now());
      const containerStatuses = [
        { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode, finishedAt } } },
      ];
      const { resourceVersion: _, ...metadata } = pod.metadata;
      await pods.updateStatus({ ...pod, metadata, status: { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses } });
    },
  };
}
