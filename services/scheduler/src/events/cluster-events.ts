/** Carries changes of pods and nodes from the informers into cache and queue, and wakes the pods that a change may help. */
import type { Node, Pod } from '@t8s/api';
import type { Informer } from '@t8s/informer';
import { objectKey } from '@t8s/meta';
import type { Cache } from '../cache/cache.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import { type PodInfo, toPodInfo } from '../framework/pod-info.ts';
import { requestsKey } from '../framework/pod-requests.ts';
import type { SchedulingQueue } from '../queue/scheduling-queue.ts';

export interface ClusterEventsOptions {
  pods: Informer<Pod>;
  nodes: Informer<Node>;
  cache: Cache;
  queue: SchedulingQueue;
  schedulerName: string;
  fits(info: PodInfo, node: NodeInfo): boolean;
}

/**
 * Every plugin's filter looks at one node only, so a change of a node can help just those pods that now fit on it, and each
 * change costs one filter run a waiting pod.
 */
export function followCluster({ pods, nodes, cache, queue, schedulerName, fits }: ClusterEventsOptions): void {
  const wakeFor = (node: NodeInfo | undefined): void => {
    if (node?.node) queue.wake((info) => fits(info, node));
  };

  const setPod = (pod: Pod): void => {
    const uid = uidOf(pod);
    if (isTerminal(pod)) removePod(pod);
    else if (pod.spec.nodeName) {
      queue.delete(uid);
      cache.setPod(pod);
    } else if (pod.spec.schedulerName === undefined || pod.spec.schedulerName === schedulerName) {
      // While its placement is on the way to the API and back, the pod is not to be tried again.
      if (cache.isAssumed(uid)) queue.refresh(toPodInfo(pod));
      else queue.set(toPodInfo(pod));
    }
  };

  const removePod = (pod: Pod): void => {
    queue.delete(uidOf(pod));
    wakeFor(cache.removePod(uidOf(pod)));
  };

  pods.addHandler({
    added: setPod,
    updated(pod, old) {
      setPod(pod);
      const isResized = pod.spec.nodeName && requestsKey(pod.spec) !== requestsKey(old.spec);
      if (isResized) wakeFor(cache.node(pod.spec.nodeName ?? ''));
    },
    deleted: removePod,
  });

  nodes.addHandler({
    added: (node) => wakeFor(cache.setNode(node)),
    updated(node, old) {
      if (schedulingState(node) === schedulingState(old)) return;
      wakeFor(cache.setNode(node));
    },
    deleted: (node) => cache.removeNode(node.metadata.name ?? ''),
  });
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? objectKey(pod);

const isTerminal = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** All of a node that placement depends on; heartbeats and most conditions are not in it. */
function schedulingState({ metadata, spec, status }: Node): string {
  return JSON.stringify([metadata.labels, spec.taints, spec.unschedulable, status?.allocatable, status?.capacity, status?.images]);
}
