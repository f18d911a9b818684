/** Carries changes of pods, nodes and namespaces from the informers into cache and queue. */
import type { Namespace, Node, Pod } from '@t8s/api';
import type { Informer } from '@t8s/informer';
import { objectKey } from '@t8s/meta';
import type { Cache } from '../cache/cache.ts';
import { isPlacedAlike, toPodInfo } from '../framework/pod-info.ts';
import type { SchedulingQueue } from '../queue/scheduling-queue.ts';

export interface ClusterEventsOptions {
  pods: Informer<Pod>;
  nodes: Informer<Node>;
  namespaces: Informer<Namespace>;
  cache: Cache;
  queue: SchedulingQueue;
  /** A placement that is under way has lost its pod, or another scheduler has placed it. */
  giveUp(uid: string, reason: string): void;
  /** Whether one of our profiles is to place the pod. */
  isOurs(pod: Pod): boolean;
}

export function followCluster({ pods, nodes, namespaces, cache, queue, giveUp, isOurs }: ClusterEventsOptions): void {
  const setPod = (pod: Pod, before?: Pod): void => {
    const uid = uidOf(pod);
    if (isOver(pod)) removePod(pod);
    else if (pod.spec.nodeName) {
      queue.delete(uid);
      giveUp(uid, 'the pod has a node');
      cache.withdraw(uid);
      const { info, old } = cache.setPod(pod);
      if (!old || !isPlacedAlike(old, info)) queue.wake({ resource: 'AssignedPod', now: info, old });
    } else if (isOurs(pod)) setWaitingPod(pod, before);
  };

  const setWaitingPod = (pod: Pod, before: Pod | undefined): void => {
    const info = toPodInfo(pod);
    // News of a pod that is bound already, from before.
    if (cache.isAssumed(info.uid) && !queue.has(info.uid)) return;
    const nominated = pod.status?.nominatedNodeName ?? '';
    // Where the API knows of no nomination and never did, it has not told of ours yet.
    const isTold = nominated !== '' || (before?.status?.nominatedNodeName ?? '') !== '';
    if (!cache.isAssumed(info.uid)) cache.nominate(info, isTold ? nominated : (cache.nominationOf(info.uid) ?? ''));
    queue.set(info);
  };

  const removePod = (pod: Pod): void => {
    const uid = uidOf(pod);
    queue.delete(uid);
    giveUp(uid, 'the pod is gone');
    const nominated = cache.nominationOf(uid);
    cache.withdraw(uid);
    const isPlaced = cache.removePod(uid) !== undefined;
    // Room that was kept for the pod is free as well.
    if (isPlaced || nominated !== undefined) queue.wake({ resource: 'AssignedPod', old: toPodInfo(pod) });
  };

  pods.addHandler({ added: setPod, updated: setPod, deleted: removePod });

  nodes.addHandler({
    added(node) {
      cache.setNode(node);
      queue.wake({ resource: 'Node', now: node });
    },
    updated(node, old) {
      if (schedulingState(node) === schedulingState(old)) return;
      cache.setNode(node);
      queue.wake({ resource: 'Node', now: node, old });
    },
    deleted(node) {
      cache.removeNode(node.metadata.name ?? '');
      queue.wake({ resource: 'Node', old: node });
    },
  });

  const namespaceChanged = (now?: Namespace, old?: Namespace): void => {
    cache.surroundingsChanged();
    queue.wake({ resource: 'Namespace', now, old });
  };
  namespaces.addHandler({
    added: (namespace) => namespaceChanged(namespace),
    updated(namespace, old) {
      if (JSON.stringify(namespace.metadata.labels) !== JSON.stringify(old.metadata.labels)) namespaceChanged(namespace, old);
    },
    deleted: (namespace) => namespaceChanged(undefined, namespace),
  });
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? objectKey(pod);

/** It has ended, or goes before it has a node. */
const isOver = ({ metadata, spec, status }: Pod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed' || (!spec.nodeName && metadata.deletionTimestamp !== undefined);

/** All of a node that placement depends on; heartbeats and most conditions are not in it. */
function schedulingState({ metadata, spec, status }: Node): string {
  return JSON.stringify([metadata.labels, spec.taints, spec.unschedulable, status?.allocatable, status?.capacity, status?.images]);
}
