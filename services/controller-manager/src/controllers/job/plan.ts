/** Which pods a job that goes on should lose or gain. Pure. */
import type { Job, Pod } from '@t8s/api';
import { rankForDeletion } from '../../pods/deletion-ranking.ts';
import type { Assessment } from './assess.ts';
import { backoffLeft } from './backoff.ts';
import { indexBackoffLeft } from './index-failures.ts';
import { completionIndex, isIndexed, replacesOnlyFailed } from './job-pods.ts';

/** Most pods made or deleted in one reconcile. */
const burst = 500;

export interface Plan {
  remove: Pod[];
  /** One for each pod to make: its index, if the job has indexes. Empty while pods are to be removed. */
  create: (number | undefined)[];
  /** Milliseconds until failed pods may be replaced. */
  wait?: number;
}

export function plan({ spec }: Job, assessment: Assessment, now: number): Plan {
  const { active, terminating, succeeded, failures, indexes } = assessment;
  if (spec.suspend) return { remove: active, create: [] };
  const { parallelism = 1, completions } = spec;
  // A work queue's workers know themselves when they are done: after the first success nobody joins.
  const queue = succeeded > 0 ? active.length : parallelism;
  const wanted = completions === undefined ? queue : Math.min(parallelism, Math.max(0, completions - succeeded));
  const remove = surplus(spec, active, Math.max(0, active.length - wanted), now).slice(0, burst);
  if (remove.length > 0) return { remove, create: [] };
  const missing = Math.min(burst, wanted - active.length - (replacesOnlyFailed(spec) ? terminating.length : 0));
  if (missing <= 0) return { remove: [], create: [] };
  if (spec.backoffLimitPerIndex === undefined) {
    const wait = backoffLeft(failures, now);
    if (wait > 0) return { remove: [], create: [], wait };
  }
  if (!indexes) return { remove: [], create: Array<undefined>(missing).fill(undefined) };
  const taken = [...active, ...(replacesOnlyFailed(spec) ? terminating : [])].flatMap((pod) => completionIndex(pod, spec) ?? []);
  const pending = indexes.succeeded
    .union(indexes.failed)
    .with(taken)
    .firstAbsent(missing, completions ?? 0);
  const waits = pending.map((index) => indexBackoffLeft(indexes.keptFor.get(index), now));
  const later = waits.filter((wait) => wait > 0);
  return { remove: [], create: pending.filter((_, i) => waits[i] === 0), ...(later.length > 0 && { wait: Math.min(...later) }) };
}

/** At least `count` active pods that go first; of an indexed job also those without a place of their own. */
function surplus(spec: Job['spec'], active: readonly Pod[], count: number, now: number): Pod[] {
  const surplus: Pod[] = [];
  let left = active;
  if (isIndexed(spec)) {
    const keep = new Map<number, Pod>();
    for (const pod of rankForDeletion(active, [], now)) {
      const index = completionIndex(pod, spec);
      const twin = index === undefined ? pod : keep.get(index);
      if (twin) surplus.push(twin);
      if (index !== undefined) keep.set(index, pod);
    }
    left = [...keep.values()];
  }
  return surplus.length >= count ? surplus : [...surplus, ...rankForDeletion(left, [], now).slice(0, count - surplus.length)];
}
