/** Whether a pod might get its room on a node: what wakes it must be no more than a guess, and never too pessimistic. */
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { addResources, amountOf, namesIn, noResources, type Resources } from '../../framework/resources.ts';

export interface MayFitOptions {
  pod: PodInfo;
  /** What it asks for and the filter looks at. */
  asked: Resources;
  node: NodeInfo;
  /** Pods of lower priority may be made to leave. */
  mayPreempt: boolean;
}

/** Counts those who stay in any case, and those nominated to the node that go before the pod. */
export function mayFit({ pod, asked, node, mayPreempt }: MayFitOptions): boolean {
  const needed = noResources();
  let count = node.pods.size;
  const take = ({ requests }: PodInfo, sign: 1 | -1): void => {
    addResources(needed, requests.stated, sign);
    count += sign;
  };
  addResources(needed, node.requested, 1);
  take(pod, 1);
  if (mayPreempt && node.lowestPriority < pod.priority)
    for (const there of node.pods.values()) if (there.priority < pod.priority) take(there, -1);
  for (const next of node.nominated.values()) if (next.uid !== pod.uid && next.priority >= pod.priority) take(next, 1);
  // What the pod does not ask for may be short.
  return count <= node.allowedPods && namesIn(asked).every((name) => amountOf(needed, name) <= amountOf(node.allocatable, name));
}
