import { parseTime } from '@t8s/meta';
import type { Candidate } from './victims.ts';

/** Outweighs any priority, so that a sum over more pods of negative priority is no less. */
const perPod = 2 ** 31;

/** What is lost with a candidate, the worst first; of equals in one, the next decides. */
const losses: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => victims[0]?.priority ?? 0,
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + perPod, 0),
  ({ victims }) => victims.length,
  // The first is the oldest of the highest priority: the later it has started, the less work is lost.
  ({ victims: [first] }) => -((first && parseTime(first.startTime)) ?? Number.POSITIVE_INFINITY),
];

/** The candidate with the least loss, the first among equals. */
export function pickCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let best = candidates;
  for (const loss of losses) {
    if (best.length <= 1) break;
    const values = best.map(loss);
    const least = Math.min(...values);
    best = best.filter((_, i) => values[i] === least);
  }
  return best[0];
}
