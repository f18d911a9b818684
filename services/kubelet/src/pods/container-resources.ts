/** Requests and limits as the kernel knows them. */
import type { Container, Pod } from '@t8s/api';
import type { LinuxContainerResources } from '@t8s/cri';
import { parseQuantity } from '@t8s/meta';
import { qosClass } from '../status/qos.ts';

const period = 100_000;
const minShares = 2;
const minQuota = 1000;

export function containerResources(pod: Pod, { resources }: Container, nodeMemory: number): LinuxContainerResources {
  const milliCpu = (list: Record<string, string> | undefined): number => parseQuantity(list?.['cpu'] ?? '0').milliValue;
  const limit = milliCpu(resources?.limits);
  const request = resources?.requests?.['cpu'] === undefined ? limit : milliCpu(resources.requests);
  const memory = parseQuantity(resources?.limits?.['memory'] ?? '0').value;
  const requested = parseQuantity(resources?.requests?.['memory'] ?? '0').value;
  return {
    cpuShares: Math.max(minShares, Math.floor((request * 1024) / 1000)),
    ...(limit > 0 && { cpuPeriod: period, cpuQuota: Math.max(minQuota, (limit * period) / 1000) }),
    ...(memory > 0 && { memoryLimitInBytes: memory }),
    oomScoreAdj: oomScore(pod, requested, nodeMemory),
  };
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-out-of-memory-behavior */
export function oomScore(pod: Pod, requestedMemory: number, nodeMemory: number): number {
  const critical = pod.spec.priorityClassName === 'system-node-critical';
  const qos = qosClass(pod);
  if (critical || qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  return Math.min(999, Math.max(3, 1000 - Math.floor((1000 * requestedMemory) / nodeMemory)));
}
