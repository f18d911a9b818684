/** Disruption budgets as evictions meet them: which one covers a pod, and whether it allows one more (upstream's pod/eviction). */
import { type Pod, type PodDisruptionBudget, type PodDisruptionBudgetStatus, podDisruptionBudgetKind } from '@t8s/api';
import { disruptionBudgetExceeded, forbidden, formatTime, type StatusError, toSelector, unclassified } from '@t8s/meta';
import type { ServedResource } from '../../context.ts';
import type { ObjectStore } from '../object-store.ts';

/** Evictions granted that the disruption controller has not noticed yet: beyond these something is wrong with it. */
const mostUnconfirmed = 2000;
const violated = "Cannot evict pod as it would violate the pod's disruption budget.";
const budgets: ServedResource = { kind: podDisruptionBudgetKind, storage: podDisruptionBudgetKind.resource };

/** The budget that covers the pod, if one does; one with an empty selector covers all of its namespace. Throws when several do: nobody could tell which to ask. */
export function budgetOf({ metadata }: Pod, { cache }: ObjectStore): PodDisruptionBudget | undefined {
  const found = [...cache.resource(budgets.storage).range(`${metadata.namespace}/`)]
    .map(({ object }) => object as PodDisruptionBudget)
    .filter(({ spec }) => toSelector(spec.selector).matches(metadata.labels));
  if (found.length > 1)
    throw unclassified('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  return found[0];
}

/** A pod that is not well, and that its budget lets go without counting it (KEP-3017). */
export function mayGoUnhealthy({ status: podStatus }: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (podStatus?.conditions?.some(({ type, status: ready }) => type === 'Ready' && ready === 'True')) return false;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0);
}

/** Takes one disruption from the budget in the name of the pod. Throws TooManyRequests when there is none. */
export async function spend(
  pod: Pod,
  budget: PodDisruptionBudget,
  { objects, dryRun }: { objects: ObjectStore; dryRun: boolean },
): Promise<void> {
  const { namespace = '', name = '' } = budget.metadata;
  await objects.change(budgets, { namespace, name }, async ({ object }) => {
    const next = structuredClone(object as PodDisruptionBudget);
    next.status = spent(next, pod.metadata.name ?? '');
    return dryRun ? { to: 'keep' } : { to: 'put', object: next };
  });
}

function spent({ metadata, status }: PodDisruptionBudget, pod: string): PodDisruptionBudgetStatus {
  const { name = '', generation = 0 } = metadata;
  const refuse = (why: string): StatusError => forbidden({ group: 'policy', resource: 'poddisruptionbudget' }, name, why);
  if (status === undefined || (status.observedGeneration ?? 0) < generation) throw stillProcessed(name);
  const { disruptionsAllowed, disruptedPods = {} } = status;
  if (disruptionsAllowed < 0) throw refuse('pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > mostUnconfirmed)
    throw refuse('DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  if (disruptionsAllowed === 0) throw disruptionBudgetExceeded(violated, 0, reasonOf(name, status));
  const left = disruptionsAllowed - 1;
  return {
    ...status,
    ...(left === 0 && { conditions: exhausted(status) }),
    disruptionsAllowed: left,
    disruptedPods: { ...disruptedPods, [pod]: formatTime(Date.now()) },
  };
}

/** What clients are told who should ask again. */
export const stillProcessed = (name: string): StatusError =>
  disruptionBudgetExceeded(violated, 10, `The disruption budget ${name} is still being processed by the server.`);

const conditionType = 'DisruptionAllowed';

function reasonOf(name: string, { conditions = [], desiredHealthy, currentHealthy }: PodDisruptionBudgetStatus): string {
  const failed = conditions.find(({ type, status, reason }) => type === conditionType && status === 'False' && reason === 'SyncFailed');
  return failed
    ? `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${failed.message}`
    : `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
}

function exhausted({ conditions = [], observedGeneration = 0 }: PodDisruptionBudgetStatus): PodDisruptionBudgetStatus['conditions'] {
  const before = conditions.find(({ type }) => type === conditionType);
  const condition = {
    type: conditionType,
    status: 'False',
    observedGeneration,
    lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : formatTime(Date.now()),
    reason: 'InsufficientPods',
    message: '',
  };
  return [...conditions.filter(({ type }) => type !== conditionType), condition];
}
