/** Deletes finished jobs, with their pods, when `ttlSecondsAfterFinished` has passed. https://kep.k8s.io/592 */
import { type Job, jobKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifFound, objectKey, parseTime } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { freshOwner } from '../../pods/claim.ts';

export function ttlAfterFinishedController({ client, informers, clock, log }: ControllerContext): Controller {
  const jobs = informers.informer(jobKind);
  const controller = new Controller({ name: 'ttlafterfinished', informers: [jobs], reconcile, workers: 5, log, clock });
  controller.watch(jobs, (job) => (expiry(job) === undefined ? [] : [objectKey(job)]));
  return controller;

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    const cached = jobs.get(key);
    const wait = cached && timeLeft(cached);
    if (!cached || wait === undefined) return undefined;
    if (wait > 0) return { requeueAfter: wait };
    // The cache may be late, and the time may have been put off.
    const job = await freshOwner(client, jobKind, cached);
    if (!job || (timeLeft(job) ?? 1) > 0) return undefined;
    const { namespace, name = '', uid, resourceVersion } = job.metadata;
    await ifFound(
      client.resource(jobKind).delete({ namespace, name }, { propagationPolicy: 'Foreground', preconditions: { uid, resourceVersion } }),
    );
    return undefined;
  }

  function timeLeft(job: Job): number | undefined {
    const end = expiry(job);
    return end === undefined ? undefined : end - clock.now();
  }
}

/** When a job may go, in milliseconds; undefined for one that is not finished, or stays, or goes already. */
function expiry({ metadata, spec, status }: Job): number | undefined {
  const { ttlSecondsAfterFinished: ttl } = spec;
  const finished = status?.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
  const end = parseTime(finished?.lastTransitionTime ?? '');
  return ttl === undefined || end === undefined || metadata.deletionTimestamp !== undefined ? undefined : end + ttl * 1000;
}
