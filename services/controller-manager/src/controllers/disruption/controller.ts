/** Disruption: keeps the status of PodDisruptionBudgets, by which evictions are granted. https://kubernetes.io/docs/concepts/workloads/pods/disruptions/ */
import {
  deploymentKind,
  type Pod,
  type PodDisruptionBudget,
  podDisruptionBudgetKind,
  podKind,
  replicaSetKind,
  semanticEqual,
} from '@t8s/api';
import { Controller } from '@t8s/controller';
import { controllerOf, ifUnchanged, type KubeObject, objectKey, toSelector } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { Scales } from '../../discovery/scales.ts';
import { podIndexers } from '../../pods/indexers.ts';
import { patchStatus } from '../../pods/patch-status.ts';
import { selectorText } from '../../selector-text.ts';
import { ScaleUnknown, scaleOf } from './scale.ts';
import { staleDisruption } from './stale.ts';
import { awaitedEvictions, budgetStatus, countsOf, failedStatus } from './status.ts';

/** Keys of pods that were told of a disruption, which may not come. */
const disrupted = 'pod ';

type Scalable = KubeObject & { spec: { replicas?: number } };

export function disruptionController(context: ControllerContext): Controller {
  const { client, informers, clock, log } = context;
  const events = context.events('controllermanager');
  const scales = new Scales(client);
  const budgets = informers.informer(podDisruptionBudgetKind);
  const pods = informers.informer(podKind, { indexers: podIndexers });
  const replicaSets = informers.informer(replicaSetKind);
  const deployments = informers.informer(deploymentKind);
  const controller = new Controller({
    name: 'disruption',
    informers: [budgets, pods, replicaSets, deployments],
    reconcile,
    log,
    clock,
  });

  controller.watch(budgets, (budget) => [objectKey(budget)]);
  controller.watch(pods, (pod, old) => [
    ...new Set([...budgetsOf(pod), ...(old ? budgetsOf(old) : [])]),
    ...(staleDisruption(pod) ? [disrupted + objectKey(pod)] : []),
  ]);
  // Another scale is another share.
  const rescaled = (object: Scalable, old?: Scalable): string[] =>
    object.spec.replicas === old?.spec.replicas ? [] : budgets.byIndex('namespace', object.metadata.namespace ?? '').map(objectKey);
  controller.watch(replicaSets, rescaled);
  controller.watch(deployments, rescaled);
  return controller;

  function budgetsOf({ metadata }: Pod): string[] {
    return budgets
      .byIndex('namespace', metadata.namespace ?? '')
      .filter(({ spec }) => toSelector(spec.selector).matches(metadata.labels))
      .map(objectKey);
  }

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    return key.startsWith(disrupted) ? takeBack(pods.get(key.slice(disrupted.length))) : judge(key);
  }

  async function takeBack(pod: Pod | undefined): Promise<{ requeueAfter: number } | undefined> {
    const stale = pod && staleDisruption(pod);
    if (!pod || !stale) return undefined;
    if (stale.at > clock.now()) return { requeueAfter: stale.at - clock.now() };
    const condition = { type: 'DisruptionTarget', status: 'False', reason: null, message: null };
    await ifUnchanged(patchStatus(client, pod, { condition }, clock.now()));
    return undefined;
  }

  async function judge(key: string): Promise<{ requeueAfter: number } | undefined> {
    const budget = budgets.get(key);
    if (!budget) return undefined;
    const selector = toSelector(budget.spec.selector);
    const own = pods.byIndex('namespace', budget.metadata.namespace ?? '').filter(({ metadata }) => selector.matches(metadata.labels));
    if (own.length === 0) events.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const now = clock.now();
    const { awaited, lost, recheckAfter } = awaitedEvictions(budget, own, now);
    for (const pod of lost) events.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${key} to be deleted but it wasn't`);
    try {
      const counts = await countsOf(budget, own, () => scaleOf(own, { scales, replicaSets, deployments }));
      if (needsScale(budget) && own.some((pod) => !controllerOf(pod))) tellUnmanaged(budget);
      await write(budget, budgetStatus({ budget, pods: own, counts, awaited, now }));
    } catch (error) {
      if (!(error instanceof ScaleUnknown)) throw error;
      events.event(
        budget,
        'Warning',
        'CalculateExpectedPodCountFailed',
        `Failed to calculate the number of expected pods: ${error.message}`,
      );
      await write(budget, failedStatus(budget, error.message, now));
    }
    return recheckAfter === undefined ? undefined : { requeueAfter: recheckAfter };
  }

  async function write(budget: PodDisruptionBudget, status: NonNullable<PodDisruptionBudget['status']>): Promise<void> {
    if (!semanticEqual(budget.status, status)) await client.resource(podDisruptionBudgetKind).updateStatus({ ...budget, status });
  }

  function tellUnmanaged(budget: PodDisruptionBudget): void {
    events.event(
      budget,
      'Warning',
      'UnmanagedPods',
      `Pods selected by this PodDisruptionBudget (selector: ${selectorText(budget.spec.selector ?? {})}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`,
    );
  }
}

const needsScale = ({ spec }: PodDisruptionBudget): boolean => spec.maxUnavailable !== undefined || typeof spec.minAvailable === 'string';
