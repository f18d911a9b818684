/** ReplicaSet: keeps `spec.replicas` pods of the template alive. https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/ */
import { type Pod, podKind, type ReplicaSet, replicaSetKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { controllerOf, objectKey, toSelector } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { claim, freshOwner, type Owner, withKind } from '../../pods/claim.ts';
import { rankForDeletion } from '../../pods/deletion-ranking.ts';
import { Expectations } from '../../pods/expectations.ts';
import { podIndexers, podsOf } from '../../pods/indexers.ts';
import { PodControl } from '../../pods/pod-control.ts';
import { isActive } from '../../pods/pod-state.ts';
import { slowStart } from '../../pods/slow-start.ts';
import { replicaSetStatus, sameStatus } from './status.ts';

/** Most pods created or deleted in one reconcile. */
const burst = 500;

export function replicaSetController(context: ControllerContext): Controller {
  const { client, informers, clock, log } = context;
  const replicaSets = informers.informer(replicaSetKind);
  const pods = informers.informer(podKind, { indexers: podIndexers });
  const expectations = new Expectations(clock);
  const control = new PodControl({ client, events: context.events('replicaset-controller'), pods, expectations });
  const controller = new Controller({ name: 'replicaset', informers: [replicaSets, pods], reconcile, workers: 5, log, clock });

  controller.watch(replicaSets, (rs) => [objectKey(rs)]);
  pods.addHandler(expectations.handler);
  controller.watch(pods, (pod, old) => [...new Set([...keysOf(pod), ...(old ? keysOf(old) : [])])]);
  return controller;

  /** The replica sets a pod concerns: its controller, or, for an orphan, all of its namespace that select it. */
  function keysOf(pod: Pod): string[] {
    const owner = controllerOf(pod);
    if (owner) return owner.kind === 'ReplicaSet' ? [`${pod.metadata.namespace}/${owner.name}`] : [];
    return replicaSets
      .byIndex('namespace', pod.metadata.namespace ?? '')
      .filter((rs) => toSelector(rs.spec.selector).matches(pod.metadata.labels))
      .map(objectKey);
  }

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    const rs = replicaSets.get(key);
    if (!rs) {
      expectations.forget(key);
      return undefined;
    }
    const owner = withKind(replicaSetKind, rs);
    const owned = await claim({
      client,
      kind: podKind,
      owner,
      selector: toSelector(rs.spec.selector),
      candidates: podsOf(pods, rs),
      freshOwner: () => freshOwner(client, replicaSetKind, rs),
    });
    const active = owned.filter(isActive);
    const error = !rs.metadata.deletionTimestamp && expectations.satisfied(key) ? await manageReplicas(owner, active) : undefined;
    const status = replicaSetStatus({ rs, active, error, now: clock.now() });
    if (!sameStatus(rs.status, status)) await client.resource(replicaSetKind).updateStatus({ ...rs, status });
    if (error !== undefined) throw error;
    // Ready pods become available by time alone.
    const { minReadySeconds = 0 } = rs.spec;
    return minReadySeconds > 0 && (status.readyReplicas ?? 0) > (status.availableReplicas ?? 0)
      ? { requeueAfter: minReadySeconds * 1000 }
      : undefined;
  }

  /** Creates what lacks or deletes what is too much; returns the first failure. */
  async function manageReplicas(rs: Owner<ReplicaSet>, active: readonly Pod[]): Promise<unknown> {
    const missing = (rs.spec.replicas ?? 1) - active.length;
    if (missing > 0) return (await slowStart(Math.min(missing, burst), () => control.create(rs, rs.spec.template ?? {}))).error;
    const surplus = missing < 0 ? rankForDeletion(active, active, clock.now()).slice(0, Math.min(-missing, burst)) : [];
    const results = await Promise.allSettled(surplus.map((pod) => control.delete(rs, pod)));
    return results.find((r) => r.status === 'rejected')?.reason;
  }
}
