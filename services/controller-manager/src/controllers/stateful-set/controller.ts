/** StatefulSet: pods with names, claims and an order of their own. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/ */
import {
  type ControllerRevision,
  controllerRevisionKind,
  type Pod,
  persistentVolumeClaimKind,
  podKind,
  type StatefulSet,
  statefulSetKind,
} from '@t8s/api';
import { Controller } from '@t8s/controller';
import { isStatus, objectKey, toSelector } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { claim, type Owner, withKind } from '../../pods/claim.ts';
import { Expectations } from '../../pods/expectations.ts';
import { candidatesOf, ownerIndexers, podIndexers } from '../../pods/indexers.ts';
import { ownerKeys } from '../../pods/owner-keys.ts';
import { PodControl, type PodEventText } from '../../pods/pod-control.ts';
import { sameStatus } from '../../pods/same-status.ts';
import { slowStart } from '../../pods/slow-start.ts';
import { History, templateOf } from '../../revisions/history.ts';
import { Claims } from './claims.ts';
import { decide, type Step } from './decide.ts';
import { newPod, ordinalOf, podName, type Revision, repaired, revisionOf } from './identity.ts';
import { statefulSetStatus } from './status.ts';

const text = (verb: string, owner: Owner, pod: string, error?: Error): string =>
  `${verb} Pod ${pod} in StatefulSet ${owner.metadata.name} ${error ? `failed error: ${error.message}` : 'successful'}`;

export function statefulSetController(context: ControllerContext): Controller {
  const { client, informers, clock, log } = context;
  const events = context.events('statefulset-controller');
  const sets = informers.informer(statefulSetKind);
  const pods = informers.informer(podKind, { indexers: podIndexers });
  const revisions = informers.informer(controllerRevisionKind, { indexers: ownerIndexers });
  const claimInformer = informers.informer(persistentVolumeClaimKind);
  const history = new History({ client, kind: statefulSetKind, hashLabel: 'controller.kubernetes.io/hash', revisions });
  const claims = new Claims({ client, events, claims: claimInformer });
  const expectations = new Expectations(clock);
  const podText: PodEventText = text;
  const control = new PodControl({ client, events, pods, expectations, text: podText });
  const synced = [sets, pods, revisions, claimInformer];
  const controller = new Controller({ name: 'statefulset', informers: synced, reconcile, workers: 5, log, clock });

  controller.watch(sets, (set) => [objectKey(set)]);
  pods.addHandler(expectations.handler);
  const keysOf = ownerKeys(statefulSetKind, sets, (set, { metadata }) => toSelector(set.spec.selector).matches(metadata.labels));
  controller.watch(pods, keysOf);
  controller.watch(revisions, keysOf);
  // A pod may wait for the end of a claim that had its name, or lack one that has gone.
  claimInformer.addHandler({
    deleted({ metadata: { namespace = '', name = '' } }) {
      for (const set of sets.byIndex('namespace', namespace))
        if (set.spec.volumeClaimTemplates?.some((template) => name.startsWith(`${template.metadata.name}-${set.metadata.name}-`)))
          controller.enqueue(objectKey(set));
    },
  });
  return controller;

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    const cached = sets.get(key);
    if (!cached) {
      expectations.forget(key);
      return undefined;
    }
    const set = withKind(statefulSetKind, cached);
    // Asked before the cache is read: what comes into the cache later isn't counted below.
    const upToDate = expectations.satisfied(key);
    const owned = await claim({
      client,
      kind: podKind,
      owner: set,
      ownerKind: statefulSetKind,
      selector: toSelector(set.spec.selector),
      candidates: candidatesOf(pods, set).filter((pod) => ordinalOf(set, pod) !== undefined),
    });
    const seen = { set, pods: owned, now: clock.now() };
    // What goes, maybe after its dependents, makes no revisions any more and no pods.
    if (set.metadata.deletionTimestamp) {
      const { currentRevision = '', updateRevision = '', collisionCount = 0 } = set.status ?? {};
      await writeStatus(cached, statefulSetStatus({ ...seen, current: currentRevision, update: updateRevision, collisionCount }));
      return undefined;
    }
    const existing = await history.claim(set);
    const { revision, collisionCount } = await history.latest(set, existing);
    const current = existing.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? revision;
    const state = { ...seen, current: named(current), update: named(revision), isStale: (ordinal: number) => claims.isStale(set, ordinal) };
    const error = upToDate ? await carryOut(set, decide(state)) : undefined;
    const status = statefulSetStatus({ ...seen, current: state.current.name, update: state.update.name, collisionCount });
    await writeStatus(cached, status);
    const live = new Set([current.metadata.name, revision.metadata.name, ...owned.map(revisionOf)]);
    await history.trim(set, existing, ({ metadata }) => live.has(metadata.name));
    if (error !== undefined) throw error;
    // Ready pods become available by time alone.
    const { minReadySeconds = 0 } = set.spec;
    return (status.readyReplicas ?? 0) > (status.availableReplicas ?? 0) ? { requeueAfter: minReadySeconds * 1000 } : undefined;
  }

  async function writeStatus(set: StatefulSet, status: NonNullable<StatefulSet['status']>): Promise<void> {
    if (!sameStatus(set.status, status)) await client.resource(statefulSetKind).updateStatus({ ...set, status });
  }

  /** Returns the first failure, after which no further group is begun. */
  async function carryOut(set: Owner<StatefulSet>, groups: readonly Step[][]): Promise<unknown> {
    for (const group of groups) {
      const { error } = await slowStart(group.length, async (i) => {
        const step = group[i];
        if (step) await take(set, step);
      });
      if (error !== undefined) return error;
    }
    return undefined;
  }

  async function take(set: Owner<StatefulSet>, step: Step): Promise<void> {
    if (step.what === 'create') return create(set, step.ordinal, step.revision);
    const { pod } = step;
    if (step.what === 'delete') return control.delete(set, pod);
    const ordinal = ordinalOf(set, pod) ?? 0;
    if (step.what === 'keep' && pod.status?.phase === 'Pending') await claims.make(set, ordinal);
    await claims.own(set, pod, ordinal);
    const right = step.what === 'keep' ? repaired(set, pod, ordinal) : undefined;
    if (right) await update(set, right);
  }

  async function create(set: Owner<StatefulSet>, ordinal: number, revision: Revision): Promise<void> {
    try {
      await claims.make(set, ordinal);
    } catch (error) {
      events.event(set, 'Warning', 'FailedCreate', text('create', set, podName(set, ordinal), error as Error));
      throw error;
    }
    await control.createPod(set, newPod(set, ordinal, revision));
  }

  async function update(set: Owner<StatefulSet>, pod: Pod): Promise<void> {
    const { name = '' } = pod.metadata;
    try {
      await client.resource(podKind).update(pod);
      events.event(set, 'Normal', 'SuccessfulUpdate', text('update', set, name));
    } catch (error) {
      if (!isStatus(error, 'Conflict')) events.event(set, 'Warning', 'FailedUpdate', text('update', set, name, error as Error));
      throw error;
    }
  }
}

const named = (revision: ControllerRevision): Revision => ({ name: revision.metadata.name ?? '', template: templateOf(revision) });
