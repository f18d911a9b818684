/** Deployment: rolls pods from one template to the next through replica sets. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/ */
import { isDeepStrictEqual } from 'node:util';
import { type Deployment, type DeploymentStatus, deploymentKind, type Pod, podKind, type ReplicaSet, replicaSetKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { controllerOf, objectKey, toSelector } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { claim, type Owner, withKind } from '../../pods/claim.ts';
import { candidatesOf, ownerIndexers, podIndexers } from '../../pods/indexers.ts';
import { ownerKeys } from '../../pods/owner-keys.ts';
import { isTerminal } from '../../pods/pod-state.ts';
import { sameStatus } from '../../pods/same-status.ts';
import { revisionOf, sizeAnnotations } from './annotations.ts';
import { sizeOf } from './bounds.ts';
import { findNewReplicaSet, syncNewReplicaSet } from './new-replica-set.ts';
import { type Resize, resizeNew, resizeOld } from './rolling-update.ts';
import { isScalingEvent, scale } from './scaling.ts';
import { countStatus, isComplete, pauseCondition, rolloutStatus, timeLeft } from './status.ts';

export function deploymentController(context: ControllerContext): Controller {
  const { client, informers, clock, log } = context;
  const events = context.events('deployment-controller');
  const deployments = informers.informer(deploymentKind);
  const replicaSets = informers.informer(replicaSetKind, { indexers: ownerIndexers });
  const pods = informers.informer(podKind, { indexers: podIndexers });
  const controller = new Controller({ name: 'deployment', informers: [deployments, replicaSets, pods], reconcile, workers: 5, log, clock });

  const keysOf = ownerKeys(deploymentKind, deployments, (d, rs) => toSelector(d.spec.selector).matches(rs.metadata.labels));
  controller.watch(deployments, (deployment) => [objectKey(deployment)]);
  controller.watch(replicaSets, keysOf);
  // A Recreate rollout waits for the last old pod to go.
  pods.addHandler({ deleted: (pod) => recreatedBy(pod).forEach((key) => void controller.enqueue(key)) });
  return controller;

  function recreatedBy(pod: Pod): string[] {
    const owner = controllerOf(pod);
    const rs = owner?.kind === 'ReplicaSet' ? replicaSets.get(`${pod.metadata.namespace}/${owner.name}`) : undefined;
    return rs ? keysOf(rs).filter((key) => deployments.get(key)?.spec.strategy?.type === 'Recreate') : [];
  }

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    const cached = deployments.get(key);
    if (!cached) return undefined;
    const deployment = withKind(deploymentKind, cached);
    const sets = await claim({
      client,
      kind: replicaSetKind,
      owner: deployment,
      ownerKind: deploymentKind,
      selector: toSelector(deployment.spec.selector),
      candidates: candidatesOf(replicaSets, deployment),
    });
    if (deployment.metadata.deletionTimestamp)
      return void (await writeStatus(deployment, countStatus(deployment, findNewReplicaSet(deployment, sets), sets, clock.now())));
    const conditions = pauseCondition(deployment, clock.now());
    if (conditions) return void (await writeStatus(deployment, { ...deployment.status, conditions }));
    if (deployment.spec.paused || isScalingEvent(deployment, sets)) return resizeOnly(deployment, sets);
    return deployment.spec.strategy?.type === 'Recreate' ? recreate(deployment, sets) : rollingUpdate(deployment, sets);
  }

  async function resizeOnly(owner: Owner<Deployment>, sets: ReplicaSet[]): Promise<undefined> {
    const { deployment, newRs } = await syncNewReplicaSet({ client, clock, events, deployment: owner, sets, create: false });
    const old = oldSets(sets, newRs);
    const resized = await resize(deployment, scale(deployment, newRs, old));
    const all = newRs ? [...old, newRs] : old;
    if (deployment.spec.paused && !resized) await deleteHistory(deployment, old);
    await writeStatus(deployment, countStatus(deployment, newRs, all, clock.now()));
    return undefined;
  }

  async function rollingUpdate(owner: Owner<Deployment>, sets: ReplicaSet[]): Promise<{ requeueAfter: number } | undefined> {
    const { deployment, newRs } = await syncNewReplicaSet({ client, clock, events, deployment: owner, sets, create: true });
    if (!newRs) return undefined;
    const old = oldSets(sets, newRs);
    const all = [...old, newRs];
    const resized =
      (await resize(deployment, resizeNew(deployment, newRs, all))) || (await resize(deployment, resizeOld(deployment, newRs, old)));
    return finish({ deployment, newRs, old, resized });
  }

  async function recreate(owner: Owner<Deployment>, sets: ReplicaSet[]): Promise<{ requeueAfter: number } | undefined> {
    const current = findNewReplicaSet(owner, sets);
    const old = oldSets(sets, current);
    const stopping = await resize(
      owner,
      old.filter((rs) => sizeOf(rs) > 0).map((rs) => ({ rs, to: 0 })),
    );
    const running = old.some((rs) => pods.byIndex('controller', rs.metadata.uid ?? '').some((pod) => !isTerminal(pod)));
    if (stopping || running) return finish({ deployment: owner, newRs: current, old, resized: true });
    const { deployment, newRs } = await syncNewReplicaSet({ client, clock, events, deployment: owner, sets, create: true });
    const desired = deployment.spec.replicas ?? 1;
    const resized = newRs !== undefined && sizeOf(newRs) !== desired && (await resize(deployment, [{ rs: newRs, to: desired }]));
    return finish({ deployment, newRs, old, resized });
  }

  async function finish({
    deployment,
    newRs,
    old,
    resized,
  }: {
    deployment: Owner<Deployment>;
    newRs: ReplicaSet | undefined;
    old: ReplicaSet[];
    resized: boolean;
  }): Promise<{ requeueAfter: number } | undefined> {
    const status = rolloutStatus(deployment, newRs, newRs ? [...old, newRs] : old, clock.now());
    if (!resized && isComplete(deployment, status)) await deleteHistory(deployment, old);
    await writeStatus(deployment, status);
    const left = timeLeft(deployment, status.conditions ?? [], clock.now());
    return Number.isFinite(left) && left > 0 ? { requeueAfter: left + 1000 } : undefined;
  }

  /** Writes new sizes with their events. True when any size changed. */
  async function resize(deployment: Owner<Deployment>, changes: readonly Resize[]): Promise<boolean> {
    let resized = false;
    for (const { rs, to } of changes) {
      const from = sizeOf(rs);
      const annotations = { ...rs.metadata.annotations, ...sizeAnnotations(deployment) };
      if (from === to && isDeepStrictEqual(annotations, rs.metadata.annotations)) continue;
      await client
        .resource(replicaSetKind)
        .update({ ...rs, metadata: { ...rs.metadata, annotations }, spec: { ...rs.spec, replicas: to } });
      if (from === to) continue;
      resized = true;
      events.event(
        deployment,
        'Normal',
        'ScalingReplicaSet',
        `Scaled ${to > from ? 'up' : 'down'} replica set ${rs.metadata.name} from ${from} to ${to}`,
      );
    }
    return resized;
  }

  /** Deletes the oldest revisions that nothing runs of, beyond revisionHistoryLimit. */
  async function deleteHistory(deployment: Deployment, old: readonly ReplicaSet[]): Promise<void> {
    const { revisionHistoryLimit } = deployment.spec;
    if (revisionHistoryLimit === undefined) return;
    const alive = old.filter((rs) => !rs.metadata.deletionTimestamp).sort((a, b) => (revisionOf(a) < revisionOf(b) ? -1 : 1));
    const unused = (rs: ReplicaSet): boolean =>
      sizeOf(rs) === 0 && (rs.status?.replicas ?? 0) === 0 && (rs.status?.observedGeneration ?? 0) >= (rs.metadata.generation ?? 0);
    for (const rs of alive.slice(0, Math.max(0, alive.length - revisionHistoryLimit)).filter(unused)) {
      const { namespace, name = '', uid } = rs.metadata;
      await client.resource(replicaSetKind).delete({ namespace, name }, { preconditions: { uid } });
    }
  }

  async function writeStatus(deployment: Deployment, status: DeploymentStatus): Promise<void> {
    if (sameStatus(deployment.status, status)) return;
    await client.resource(deploymentKind).updateStatus({ ...deployment, status });
  }
}

const oldSets = (sets: readonly ReplicaSet[], newRs: ReplicaSet | undefined): ReplicaSet[] =>
  sets.filter((rs) => rs.metadata.uid !== newRs?.metadata.uid);
