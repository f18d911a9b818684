/** Carries changes of pods and nodes from the informers into cache and queue, and wakes the pods that a change may help. */
import type { Namespace, Node, Pod } from '@t8s/api';
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
  namespaces: Informer<Namespace>;
  cache: Cache;
  queue: SchedulingQueue;
  schedulerName: string;
  fits(info: PodInfo, node: NodeInfo): boolean;
  /** Whether the change of a pod or, without one, of any node or namespace, may help a pod to another node than the one it happened on. */
  mayHelp(waiting: PodInfo, changed: PodInfo | undefined): boolean;
}

/**
 * A change of a node helps those pods that now fit on it, which costs one filter run a waiting pod, and those that a plugin with
 * an eye on other nodes names.
 */
export function followCluster({ pods, nodes, namespaces, cache, queue, schedulerName, fits, mayHelp }: ClusterEventsOptions): void {
  const wakeFor = (node: NodeInfo | undefined): void => {
    if (node?.node) queue.wake((info) => fits(info, node));
  };
  const wakeForPod = (changed: PodInfo): void => queue.wake((info) => mayHelp(info, changed));
  const wakeForOthers = (): void => queue.wake((info) => mayHelp(info, undefined));

  const setPod = (pod: Pod, old?: Pod): void => {
    const uid = uidOf(pod);
    if (isTerminal(pod)) removePod(pod);
    else if (pod.spec.nodeName) {
      queue.delete(uid);
      const info = cache.setPod(pod);
      if (!old?.spec.nodeName || whatOthersSelectBy(pod) !== whatOthersSelectBy(old)) wakeForPod(info);
    } else if (pod.spec.schedulerName === undefined || pod.spec.schedulerName === schedulerName) {
      // While its placement is on the way to the API and back, the pod is not to be tried again.
      if (cache.isAssumed(uid)) queue.refresh(toPodInfo(pod));
      else queue.set(toPodInfo(pod));
    }
  };

  const removePod = (pod: Pod): void => {
    queue.delete(uidOf(pod));
    const node = cache.removePod(uidOf(pod));
    if (!node) return;
    wakeFor(node);
    wakeForPod(toPodInfo(pod));
  };

  pods.addHandler({
    added: (pod) => setPod(pod),
    updated(pod, old) {
      setPod(pod, old);
      const isResized = pod.spec.nodeName && requestsKey(pod.spec) !== requestsKey(old.spec);
      if (isResized) wakeFor(cache.node(pod.spec.nodeName ?? ''));
    },
    deleted: removePod,
  });

  nodes.addHandler({
    added(node) {
      wakeFor(cache.setNode(node));
      wakeForOthers();
    },
    updated(node, old) {
      if (schedulingState(node) === schedulingState(old)) return;
      wakeFor(cache.setNode(node));
      wakeForOthers();
    },
    deleted(node) {
      cache.removeNode(node.metadata.name ?? '');
      wakeForOthers();
    },
  });

  const namespaceChanged = (): void => {
    cache.namespacesChanged();
    wakeForOthers();
  };
  namespaces.addHandler({
    added: namespaceChanged,
    updated(namespace, old) {
      if (JSON.stringify(namespace.metadata.labels) !== JSON.stringify(old.metadata.labels)) namespaceChanged();
    },
    deleted: namespaceChanged,
  });
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? objectKey(pod);

const isTerminal = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

const whatOthersSelectBy = ({ metadata: { labels, deletionTimestamp } }: Pod): string => JSON.stringify([labels, deletionTimestamp]);

/** All of a node that placement depends on; heartbeats and most conditions are not in it. */
function schedulingState({ metadata, spec, status }: Node): string {
  return JSON.stringify([metadata.labels, spec.taints, spec.unschedulable, status?.allocatable, status?.capacity, status?.images]);
}
