import { ifOwnChanges } from '../../framework/cluster-event.ts';
import { amountsOf, type NodeInfo } from '../../framework/node-info.ts';
import { maxScore, type Plugin, type Rejection } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { requestsKey } from '../../framework/pod-requests.ts';
import { holds } from '../../framework/resources.ts';

/** Requests must fit beside those of the pods already there; nodes with more left score higher (LeastAllocated). */
export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  hints: {
    Node: ({ requests }, { now, old }) => {
      if (!now) return false;
      const { allocatable } = amountsOf(now);
      const before = old && amountsOf(old);
      return holds(allocatable, requests.stated) && (!before || JSON.stringify(before) !== JSON.stringify(amountsOf(now)));
    },
    // What went was in some pod's way; what stays may have shrunk.
    AssignedPod: (_, { now, old }) => old !== undefined && (now === undefined || requestsKey(now.pod.spec) !== requestsKey(old.pod.spec)),
    UnscheduledPod: ifOwnChanges((pod) => requestsKey(pod.spec)),
  },
  sign: ({ pod }) => requestsKey(pod.spec),
  filter: fits,
  score: leastAllocated,
};

function fits({ requests: { stated } }: PodInfo, node: NodeInfo): Rejection | undefined {
  const { allocatable, requested } = node;
  let reasons: string[] | undefined;
  let unresolvable = false;
  const check = (name: string, wanted: number, used: number, capacity: number): void => {
    if (wanted === 0 || wanted <= capacity - used) return;
    reasons = [...(reasons ?? []), `Insufficient ${name}`];
    unresolvable ||= wanted > capacity;
  };
  if (node.pods.size + 1 > node.allowedPods) reasons = ['Too many pods'];
  check('cpu', stated.milliCpu, requested.milliCpu, allocatable.milliCpu);
  check('memory', stated.memory, requested.memory, allocatable.memory);
  check('ephemeral-storage', stated.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage);
  if (stated.scalars)
    for (const [name, wanted] of Object.entries(stated.scalars))
      check(name, wanted, requested.scalars?.[name] ?? 0, allocatable.scalars?.[name] ?? 0);
  return reasons && { code: unresolvable ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons };
}

/** The mean of what is left of CPU and of memory, in hundredths; a resource the node does not offer is not counted. */
function leastAllocated({ requests: { assumed } }: PodInfo, { allocatable, assumedRequested }: NodeInfo): number {
  let sum = 0;
  let weights = 0;
  for (const name of ['milliCpu', 'memory'] as const) {
    const capacity = allocatable[name];
    if (capacity === 0) continue;
    const wanted = assumedRequested[name] + assumed[name];
    sum += wanted > capacity ? 0 : Math.floor(((capacity - wanted) * maxScore) / capacity);
    weights += 1;
  }
  return weights === 0 ? 0 : Math.floor(sum / weights);
}
