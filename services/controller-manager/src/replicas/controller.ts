/** Keeps `spec.replicas` pods of a template alive: what ReplicaSets and ReplicationControllers have in common. */
import { type Pod, type PodTemplateSpec, podKind, type ReplicaSetStatus } from '@t8s/api';
import type { ResourceRef } from '@t8s/client';
import { Controller } from '@t8s/controller';
import { controllerOf, type KubeObject, objectKey, type Selector } from '@t8s/meta';
import type { ControllerContext } from '../context.ts';
import { claim, type Owner, withKind } from '../pods/claim.ts';
import { rankForDeletion } from '../pods/deletion-ranking.ts';
import { Expectations } from '../pods/expectations.ts';
import { candidatesOf, ownerIndexers, podIndexers } from '../pods/indexers.ts';
import { ownerKeys } from '../pods/owner-keys.ts';
import { PodControl } from '../pods/pod-control.ts';
import { isActive } from '../pods/pod-state.ts';
import { sameStatus } from '../pods/same-status.ts';
import { slowStart } from '../pods/slow-start.ts';
import { replicaStatus } from './status.ts';

/** Most pods created or deleted in one reconcile. */
const burst = 500;

export interface Replicated extends KubeObject {
  spec: { replicas?: number; minReadySeconds?: number; template?: PodTemplateSpec };
  status?: ReplicaSetStatus;
}

export interface ReplicaControllerOptions<T extends Replicated> {
  kind: ResourceRef<T>;
  /** Who its events say they come from. */
  component: string;
  selectorOf(owner: T): Selector;
}

export function replicaController<T extends Replicated>(
  context: ControllerContext,
  { kind, component, selectorOf }: ReplicaControllerOptions<T>,
): Controller {
  const { client, informers, clock, log } = context;
  const owners = informers.informer(kind, { indexers: ownerIndexers });
  const pods = informers.informer(podKind, { indexers: podIndexers });
  const expectations = new Expectations(clock);
  const control = new PodControl({ client, events: context.events(component), pods, expectations });
  const name = kind.kind.toLowerCase();
  const controller = new Controller({ name, informers: [owners, pods], reconcile, workers: 5, log, clock });

  controller.watch(owners, (owner) => [objectKey(owner)]);
  pods.addHandler(expectations.handler);
  controller.watch(
    pods,
    ownerKeys(kind, owners, (owner, pod) => selectorOf(owner).matches(pod.metadata.labels)),
  );
  return controller;

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    const cached = owners.get(key);
    if (!cached) {
      expectations.forget(key);
      return undefined;
    }
    const owner = withKind(kind, cached);
    // Asked before the cache is read: what comes into the cache later isn't counted below.
    const upToDate = expectations.satisfied(key);
    const owned = await claim({
      client,
      kind: podKind,
      owner,
      ownerKind: kind,
      selector: selectorOf(cached),
      candidates: candidatesOf(pods, cached),
    });
    const active = owned.filter(isActive);
    const error = !owner.metadata.deletionTimestamp && upToDate ? await manageReplicas(owner, active) : undefined;
    const status = replicaStatus({ owner, active, error, now: clock.now() });
    if (!sameStatus(cached.status, status)) await client.resource(kind).updateStatus({ ...cached, status });
    if (error !== undefined) throw error;
    // Ready pods become available by time alone.
    const { minReadySeconds = 0 } = owner.spec;
    return minReadySeconds > 0 && (status.readyReplicas ?? 0) > (status.availableReplicas ?? 0)
      ? { requeueAfter: minReadySeconds * 1000 }
      : undefined;
  }

  /** Creates what lacks or deletes what is too much; returns the first failure. */
  async function manageReplicas(owner: Owner<T>, active: readonly Pod[]): Promise<unknown> {
    const missing = (owner.spec.replicas ?? 1) - active.length;
    if (missing > 0) return (await slowStart(Math.min(missing, burst), () => control.create(owner, owner.spec.template ?? {}))).error;
    const surplus = missing < 0 ? rankForDeletion(active, related(owner, active), clock.now()).slice(0, Math.min(-missing, burst)) : [];
    const results = await Promise.allSettled(surplus.map((pod) => control.delete(owner, pod)));
    return results.find((r) => r.status === 'rejected')?.reason;
  }

  /** The pods to spread over nodes: its own and, in the middle of a rollout, those of the others of the same controller. */
  function related(owner: T, active: readonly Pod[]): readonly Pod[] {
    const above = controllerOf(owner);
    if (!above) return active;
    const siblings = owners.byIndex('controller', above.uid);
    return siblings.flatMap(({ metadata }) => pods.byIndex('controller', metadata.uid ?? '')).filter(isActive);
  }
}
