/**
 * Removes pods nobody else will: bound to a node that is gone, terminating without ever having had a node,
 * and finished ones beyond a threshold (the oldest first).
 */
import { nodeKind, type Pod, podKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { isStatus, objectKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { podIndexers } from '../../pods/indexers.ts';
import { isTerminal } from '../../pods/pod-state.ts';

/** A node may be missing for a moment (registration, relist): as upstream. */
const quarantineMs = 40_000;
const sweep = 'finished pods';

export function podGcController({ client, informers, clock, log }: ControllerContext, terminatedThreshold: number): Controller {
  const nodes = informers.informer(nodeKind);
  const pods = informers.informer(podKind, { indexers: podIndexers });
  const missingSince = new Map<string, number>();
  const finished = new Set<string>();
  const controller = new Controller({ name: 'podgc', informers: [nodes, pods], reconcile, log, clock });
  controller.watch(pods, (pod) => {
    const key = objectKey(pod);
    if (isTerminal(pod)) finished.add(key);
    const orphaned = pod.spec.nodeName !== undefined && !nodes.get(pod.spec.nodeName);
    return [...(finished.size > terminatedThreshold ? [sweep] : []), ...(orphaned || isUnscheduledAndGoing(pod) ? [key] : [])];
  });
  pods.addHandler({
    deleted(pod) {
      finished.delete(objectKey(pod));
      missingSince.delete(objectKey(pod));
    },
  });
  nodes.addHandler({
    deleted(node) {
      for (const pod of pods.byIndex('node', node.metadata.name ?? '')) controller.enqueue(objectKey(pod));
    },
  });
  return controller;

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    if (key === sweep) return void (await removeOldest());
    const pod = pods.get(key);
    if (!pod) return undefined;
    if (isUnscheduledAndGoing(pod)) return void (await remove(pod));
    if (!pod.spec.nodeName || nodes.get(pod.spec.nodeName)) return void missingSince.delete(key);
    const since = missingSince.get(key) ?? clock.now();
    missingSince.set(key, since);
    const left = since + quarantineMs - clock.now();
    if (left > 0) return { requeueAfter: left };
    if (!(await nodeExists(pod.spec.nodeName))) await remove(pod);
    return undefined;
  }

  async function removeOldest(): Promise<void> {
    const candidates = [...finished].map((key) => pods.get(key)).filter((pod) => pod !== undefined);
    candidates.sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1));
    for (const pod of candidates.slice(0, Math.max(0, candidates.length - terminatedThreshold))) await remove(pod);
  }

  /** Marks it failed first, so that whoever watches it learns that it ended, then deletes it without grace. */
  async function remove(pod: Pod): Promise<void> {
    const { namespace, name = '', uid } = pod.metadata;
    try {
      if (!isTerminal(pod))
        await client
          .resource(podKind)
          .patch({ namespace, name }, { type: 'merge', subresource: 'status', body: { metadata: { uid }, status: { phase: 'Failed' } } });
      await client.resource(podKind).delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isStatus(error, 'NotFound', 'Conflict')) throw error;
    }
  }

  async function nodeExists(name: string): Promise<boolean> {
    try {
      await client.resource(nodeKind).get({ name });
      return true;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return false;
      throw error;
    }
  }
}

const isUnscheduledAndGoing = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined && !pod.spec.nodeName;
