import type { Pod } from '@t8s/api';
import { parseQuantity } from '@t8s/meta';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'] as const;

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
export function qosClass(pod: Pod): QosClass {
  const given = pod.status?.qosClass;
  if (given === 'Guaranteed' || given === 'Burstable' || given === 'BestEffort') return given;
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const amount = (list: Record<string, string> | undefined, name: string): bigint => parseQuantity(list?.[name] ?? '0').nano;
  const any = containers.some(({ resources }) =>
    counted.some((name) => amount(resources?.requests, name) > 0n || amount(resources?.limits, name) > 0n),
  );
  if (!any) return 'BestEffort';
  const all = containers.every(({ resources }) =>
    counted.every((name) => {
      const limit = amount(resources?.limits, name);
      return limit > 0n && (resources?.requests?.[name] === undefined || amount(resources.requests, name) === limit);
    }),
  );
  return all ? 'Guaranteed' : 'Burstable';
}
