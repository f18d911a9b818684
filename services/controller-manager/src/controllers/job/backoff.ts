/** How long a job waits before it replaces a failed pod: 10 s, doubled with each failure since the last success, at most 10 min. */
import type { Pod } from '@t8s/api';
import { finishTime } from './job-pods.ts';

const base = 10_000;
const cap = 600_000;

export interface Failures {
  count: number;
  /** When the last one was, in milliseconds. */
  last: number;
}

export const noFailures: Failures = { count: 0, last: 0 };

/** The failures since the last success, when these pods have ended too. */
export function failuresAfter(before: Failures, succeeded: readonly Pod[], failed: readonly Pod[]): Failures {
  const lastSuccess = Math.max(...succeeded.map(finishTime));
  const since = failed.map(finishTime).filter((time) => time > lastSuccess);
  const start = succeeded.length > 0 ? noFailures : before;
  return since.length === 0 ? start : { count: start.count + since.length, last: Math.max(...since) };
}

/** Milliseconds until a pod may be made. */
export function backoffLeft({ count, last }: Failures, now: number): number {
  return count === 0 ? 0 : Math.max(0, Math.min(cap, base * 2 ** (count - 1)) - (now - last));
}
