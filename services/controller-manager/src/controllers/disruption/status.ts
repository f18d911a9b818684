/** What a budget's status says of its pods (upstream's disruption controller, v1.34). */
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '@t8s/api';
import { formatTime, scaledValue } from '@t8s/meta';
import { isReady } from '../../pods/pod-state.ts';

/** An eviction that was granted and has not begun after this will not come any more. Milliseconds. */
export const evictionTimeout = 120_000;

export interface Counts {
  /** Pods that the controllers of these are to have, or, where the budget asks for a number, the pods there are. */
  expected: number;
  desiredHealthy: number;
}

/** `scale` tells how many pods their controllers are to have together; it is asked only where the budget needs it. */
export async function countsOf({ spec }: PodDisruptionBudget, pods: readonly Pod[], scale: () => Promise<number>): Promise<Counts> {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined) {
    const expected = await scale();
    return { expected, desiredHealthy: Math.max(0, expected - (scaledValue(maxUnavailable, expected, 'up') ?? 0)) };
  }
  if (typeof minAvailable === 'string') {
    const expected = await scale();
    return { expected, desiredHealthy: scaledValue(minAvailable, expected, 'up') ?? 0 };
  }
  return { expected: pods.length, desiredHealthy: minAvailable ?? 0 };
}

/** Evictions that were granted and are still awaited; `lost` are those that never came. */
export function awaitedEvictions(
  { status }: PodDisruptionBudget,
  pods: readonly Pod[],
  now: number,
): { awaited: Record<string, string>; lost: Pod[]; recheckAfter: number | undefined } {
  const granted = status?.disruptedPods ?? {};
  const waiting = pods.filter(({ metadata }) => granted[metadata.name ?? ''] !== undefined && !metadata.deletionTimestamp);
  const left = ({ metadata }: Pod): number => Date.parse(granted[metadata.name ?? ''] ?? '') + evictionTimeout - now;
  const awaited = waiting.filter((pod) => left(pod) > 0);
  return {
    awaited: Object.fromEntries(awaited.map(({ metadata: { name = '' } }) => [name, granted[name] ?? ''])),
    lost: waiting.filter((pod) => left(pod) <= 0),
    recheckAfter: awaited.length === 0 ? undefined : Math.min(...awaited.map(left)),
  };
}

export interface StatusOptions {
  budget: PodDisruptionBudget;
  pods: readonly Pod[];
  counts: Counts;
  awaited: Readonly<Record<string, string>>;
  now: number;
}

export function budgetStatus({ budget, pods, counts, awaited, now }: StatusOptions): PodDisruptionBudgetStatus {
  const { expected, desiredHealthy } = counts;
  const counted = pods.filter((pod) => !pod.metadata.deletionTimestamp && awaited[pod.metadata.name ?? ''] === undefined);
  const currentHealthy = counted.filter(isReady).length;
  const allowed = expected <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  return {
    ...(Object.keys(awaited).length > 0 && { disruptedPods: { ...awaited } }),
    currentHealthy,
    desiredHealthy,
    expectedPods: expected,
    disruptionsAllowed: allowed,
    observedGeneration: budget.metadata.generation ?? 0,
    conditions: withAllowed(
      budget,
      allowed > 0 ? { status: 'True', reason: 'SufficientPods' } : { status: 'False', reason: 'InsufficientPods' },
      now,
    ),
  };
}

/** The status of a budget whose numbers can't be had: nothing may be disrupted. */
export function failedStatus(budget: PodDisruptionBudget, message: string, now: number): PodDisruptionBudgetStatus {
  const { status = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, disruptionsAllowed: 0 } } = budget;
  return {
    ...status,
    disruptionsAllowed: 0,
    observedGeneration: budget.metadata.generation ?? 0,
    conditions: withAllowed(budget, { status: 'False', reason: 'SyncFailed', message }, now),
  };
}

const type = 'DisruptionAllowed';

function withAllowed(
  { metadata, status }: PodDisruptionBudget,
  { status: is, reason, message = '' }: { status: string; reason: string; message?: string },
  now: number,
): NonNullable<PodDisruptionBudgetStatus['conditions']> {
  const conditions = status?.conditions ?? [];
  const before = conditions.find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === is ? before.lastTransitionTime : formatTime(now);
  const condition = { type, status: is, observedGeneration: metadata.generation ?? 0, lastTransitionTime, reason, message };
  return [...conditions.filter((one) => one.type !== type), condition];
}
