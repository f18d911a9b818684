/**
 * Removes pods nobody else will: bound to a node that is gone, on their way out on one that is out of service or without ever
 * having had one, and finished ones beyond a threshold (evicted ones first, then the oldest).
 */
import { type Node, nodeKind, type Pod, podKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifFound, ifUnchanged, objectKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { podIndexers } from '../../pods/indexers.ts';
import { patchStatus, type StatusPatch } from '../../pods/patch-status.ts';
import { isTerminal } from '../../pods/pod-state.ts';

/** A node may be missing for a moment (registration, relist): as upstream. */
const quarantineMs = 40_000;
const sweep = 'finished pods';
/** Set by whoever knows that the node is shut down: https://kep.k8s.io/2268 */
const outOfService = 'node.kubernetes.io/out-of-service';
const nodeGone = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };

/** A threshold of 0 or less keeps all finished pods. */
export function podGcController({ client, informers, clock, log }: ControllerContext, terminatedThreshold: number): Controller {
  const nodes = informers.informer(nodeKind);
  const pods = informers.informer(podKind, { indexers: podIndexers });
  const missingSince = new Map<string, number>();
  const finished = new Set<string>();
  const controller = new Controller({ name: 'podgc', informers: [nodes, pods], reconcile, log, clock });
  controller.watch(pods, (pod) => {
    const key = objectKey(pod);
    if (isTerminal(pod)) finished.add(key);
    return [...(isTooMany() ? [sweep] : []), ...(isOrphaned(pod) || isStuck(pod) ? [key] : [])];
  });
  pods.addHandler({
    deleted(pod) {
      finished.delete(objectKey(pod));
      missingSince.delete(objectKey(pod));
    },
  });
  controller.watch(nodes, (node) => {
    if (nodes.get(objectKey(node)) && !isOutOfService(node)) return [];
    return pods.byIndex('node', node.metadata.name ?? '').map(objectKey);
  });
  return controller;

  function isTooMany(): boolean {
    return terminatedThreshold > 0 && finished.size > terminatedThreshold;
  }

  function isOrphaned({ spec }: Pod): boolean {
    return spec.nodeName !== undefined && !nodes.get(spec.nodeName);
  }

  /** On its way out with no kubelet to end it. */
  function isStuck({ metadata, spec }: Pod): boolean {
    if (metadata.deletionTimestamp === undefined) return false;
    const node = nodes.get(spec.nodeName ?? '');
    return node ? isOutOfService(node) : !spec.nodeName;
  }

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    if (key === sweep) return void (await removeOldest());
    const pod = pods.get(key);
    if (!pod) return undefined;
    if (isStuck(pod)) return void (await remove(pod));
    if (!pod.spec.nodeName || nodes.get(pod.spec.nodeName)) return void missingSince.delete(key);
    const since = missingSince.get(key) ?? clock.now();
    missingSince.set(key, since);
    const left = since + quarantineMs - clock.now();
    if (left > 0) return { requeueAfter: left };
    if (!(await ifFound(client.resource(nodeKind).get({ name: pod.spec.nodeName })))) await remove(pod, { condition: nodeGone });
    return undefined;
  }

  async function removeOldest(): Promise<void> {
    const order = ({ metadata, status }: Pod): string =>
      [status?.reason === 'Evicted' ? 0 : 1, metadata.creationTimestamp, metadata.name].join(' ');
    const candidates = [...finished].flatMap((key) => pods.get(key) ?? []).map((pod) => ({ pod, at: order(pod) }));
    candidates.sort((a, b) => (a.at < b.at ? -1 : 1));
    const surplus = isTooMany() ? candidates.slice(0, Math.max(0, candidates.length - terminatedThreshold)) : [];
    for (const { pod } of surplus) await remove(pod);
  }

  /** Marks it failed first, so that whoever watches it learns that it ended, then deletes it without grace. */
  async function remove(pod: Pod, more?: Pick<StatusPatch, 'condition'>): Promise<void> {
    const { namespace, name = '', uid } = pod.metadata;
    if (!isTerminal(pod) && !(await ifUnchanged(patchStatus(client, pod, { phase: 'Failed', ...more }, clock.now())))) return;
    await ifUnchanged(client.resource(podKind).delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } }));
  }
}

function isOutOfService({ spec, status }: Node): boolean {
  const isReady = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return !isReady && (spec.taints?.some(({ key }) => key === outOfService) ?? false);
}
