/** DaemonSet: one pod on every node that fits. https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/ */
import { isDeepStrictEqual } from 'node:util';
import { controllerRevisionKind, type DaemonSet, daemonSetKind, nodeKind, type Pod, podKind } from '@t8s/api';
import { Backoff } from '@t8s/async';
import { Controller } from '@t8s/controller';
import { objectKey, toSelector } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { claim, type Owner, withKind } from '../../pods/claim.ts';
import { Expectations } from '../../pods/expectations.ts';
import { candidatesOf, ownerIndexers, podIndexers } from '../../pods/indexers.ts';
import { ownerKeys } from '../../pods/owner-keys.ts';
import { PodControl } from '../../pods/pod-control.ts';
import { isAvailable, isReady } from '../../pods/pod-state.ts';
import { sameStatus } from '../../pods/same-status.ts';
import { slowStart } from '../../pods/slow-start.ts';
import { History, revisionLabel } from '../../revisions/history.ts';
import { type Decision, daemonSetStatus, manage, rollingUpdate, type State } from './decide.ts';
import { nodeOf, specForNode } from './placement.ts';

export function daemonSetController(context: ControllerContext): Controller {
  const { client, informers, clock, log } = context;
  const events = context.events('daemonset-controller');
  const sets = informers.informer(daemonSetKind);
  const revisions = informers.informer(controllerRevisionKind, { indexers: ownerIndexers });
  const nodes = informers.informer(nodeKind);
  const pods = informers.informer(podKind, { indexers: podIndexers });
  const history = new History({ client, kind: daemonSetKind, hashLabel: revisionLabel, revisions });
  const expectations = new Expectations(clock);
  const control = new PodControl({ client, events, pods, expectations });
  /** Per set and node: how long to wait before a failed pod is replaced again. */
  const backoffs = new Map<string, { backoff: Backoff; until: number }>();
  const controller = new Controller({ name: 'daemonset', informers: [sets, revisions, nodes, pods], reconcile, workers: 2, log, clock });

  controller.watch(sets, (set) => [objectKey(set)]);
  controller.watch(nodes, (node, old) =>
    old && isDeepStrictEqual(placementFacts(old), placementFacts(node)) ? [] : sets.list().map(objectKey),
  );
  pods.addHandler(expectations.handler);
  const keysOf = ownerKeys(daemonSetKind, sets, (set, { metadata }) => toSelector(set.spec.selector).matches(metadata.labels));
  controller.watch(pods, keysOf);
  controller.watch(revisions, keysOf);
  return controller;

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    const cached = sets.get(key);
    if (!cached) {
      expectations.forget(key);
      for (const entry of backoffs.keys()) if (entry.startsWith(`${key} `)) backoffs.delete(entry);
      return undefined;
    }
    const set = withKind(daemonSetKind, cached);
    // Asked before the cache is read: what comes into the cache later isn't counted below.
    const upToDate = expectations.satisfied(key);
    const owned = await claim({
      client,
      kind: podKind,
      owner: set,
      ownerKind: daemonSetKind,
      selector: toSelector(set.spec.selector),
      candidates: candidatesOf(pods, set),
    });
    if (set.metadata.deletionTimestamp) return undefined;
    const existing = await history.claim(set);
    const { revision, collisionCount } = await history.latest(set, existing);
    const hash = revision.metadata.labels?.[revisionLabel] ?? '';
    const state: State = { set, hash, collisionCount, nodes: nodes.list(), podsOn: byNode(owned), now: clock.now() };
    const carriedOut = upToDate ? await carryOut(key, set, hash, manage(state)) : undefined;
    let { wait, error } = carriedOut ?? {};
    // An update begins from what is there: what has just changed is seen first.
    if (carriedOut && error === undefined && !carriedOut.changed && set.spec.updateStrategy?.type !== 'OnDelete')
      ({ error } = await carryOut(key, set, hash, rollingUpdate(state)));
    const live = new Set([hash, ...owned.map((p) => p.metadata.labels?.[revisionLabel])]);
    await history.trim(set, existing, (r) => live.has(r.metadata.labels?.[revisionLabel]));
    const status = daemonSetStatus(state);
    if (!sameStatus(set.status, status)) await client.resource(daemonSetKind).updateStatus({ ...cached, status });
    if (error !== undefined) throw error;
    // Ready pods become available by time alone, those beside an old one too, which the status doesn't count.
    const { minReadySeconds = 0 } = set.spec;
    if (owned.some((pod) => isReady(pod) && !isAvailable(pod, minReadySeconds, state.now)))
      wait = Math.min(wait ?? Number.POSITIVE_INFINITY, minReadySeconds * 1000);
    return wait === undefined ? undefined : { requeueAfter: wait };
  }

  /** Tells how long a failed pod must wait for its replacement, if one must, whether there is now another pod or one less, and a failure. */
  async function carryOut(
    key: string,
    set: Owner<DaemonSet>,
    hash: string,
    { createOn, remove, ended }: Decision,
  ): Promise<{ wait: number | undefined; changed: boolean; error: unknown }> {
    let wait: number | undefined;
    const due: Pod[] = [];
    for (const pod of ended) {
      const failed = pod.status?.phase === 'Failed';
      const left = failed ? failureBackoff(key, nodeOf(pod)) : 0;
      if (left > 0) {
        wait = Math.min(wait ?? left, left);
        continue;
      }
      due.push(pod);
      const found = `Found ${failed ? 'failed' : 'succeeded'} daemon pod ${objectKey(pod)} on node ${nodeOf(pod)}`;
      if (failed) events.event(set, 'Warning', 'FailedDaemonPod', `${found}, will try to kill it`);
      else events.event(set, 'Normal', 'SucceededDaemonPod', `${found}, will try to delete it`);
    }
    const removals = await Promise.allSettled([...remove, ...due].map((pod) => control.delete(set, pod)));
    const { error } = await slowStart(createOn.length, (i) => createPod(set, hash, createOn[i] ?? ''));
    const changed = createOn.length + remove.length + due.length > 0;
    return { wait, changed, error: error ?? removals.find((r) => r.status === 'rejected')?.reason };
  }

  function failureBackoff(key: string, node: string): number {
    const id = `${key} ${node}`;
    const entry = backoffs.get(id) ?? { backoff: new Backoff({ base: 1000, cap: 15 * 60_000 }), until: 0 };
    const left = entry.until - clock.now();
    if (left <= 0) entry.until = clock.now() + entry.backoff.next();
    backoffs.set(id, entry);
    return left;
  }

  async function createPod(set: Owner<DaemonSet>, hash: string, node: string): Promise<void> {
    const { template } = set.spec;
    const generation = set.metadata.annotations?.['deprecated.daemonset.template.generation'];
    const labels = { ...template.metadata?.labels, [revisionLabel]: hash, ...(generation && { 'pod-template-generation': generation }) };
    await control.create(set, { metadata: { ...template.metadata, labels }, spec: specForNode(template.spec ?? { containers: [] }, node) });
  }
}

/** What of a node decides whether daemon pods belong on it: its heartbeats don't. */
const placementFacts = ({
  metadata,
  spec,
}: {
  metadata: { labels?: object };
  spec: { taints?: object[]; unschedulable?: boolean };
}): unknown => [metadata.labels, spec.taints, spec.unschedulable];

function byNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const map = new Map<string, Pod[]>();
  for (const pod of pods) map.set(nodeOf(pod), [...(map.get(nodeOf(pod)) ?? []), pod]);
  return map;
}
