/** When some of an indexed job's indexes are enough: `spec.successPolicy` (https://kep.k8s.io/3998). */
import type { SuccessPolicy } from '@t8s/api';
import { IndexSet } from './index-set.ts';

/** Which rule is met, in upstream's words; undefined where none is. */
export function matchSuccess(policy: SuccessPolicy | undefined, succeeded: IndexSet, completions: number): string | undefined {
  const met = (policy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount = Infinity }) => {
    if (succeededIndexes === undefined) return succeeded.size >= succeededCount;
    const wanted = IndexSet.parse(succeededIndexes, completions);
    return wanted.size > 0 && succeeded.countShared(wanted) >= Math.min(wanted.size, succeededCount);
  });
  return met < 0 || succeeded.size === 0 ? undefined : `Matched rules at index ${met}`;
}
