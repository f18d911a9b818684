import { maxScore, type Plugin } from '../../framework/plugin.ts';
import { requestsKey } from '../../framework/pod-requests.ts';

/** Nodes whose CPU and memory would be used to a like degree score higher, so that neither runs out while the other lies idle. */
export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  sign: ({ pod }) => requestsKey(pod.spec),

  /** A pod without requests changes no balance. */
  preScore: ({ requests }) => (requests.bestEffort ? { skip: true } : { state: undefined }),

  score({ requests: { stated } }, { allocatable, requested }) {
    const used = (name: 'milliCpu' | 'memory'): number | undefined =>
      allocatable[name] === 0 ? undefined : Math.min(1, (requested[name] + stated[name]) / allocatable[name]);
    const cpu = used('milliCpu');
    const memory = used('memory');
    // The standard deviation of two fractions is half their distance; one alone deviates from nothing.
    const deviation = cpu === undefined || memory === undefined ? 0 : Math.abs(cpu - memory) / 2;
    return Math.trunc((1 - deviation) * maxScore);
  },
};
