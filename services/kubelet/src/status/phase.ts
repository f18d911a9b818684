import type { ContainerStatus, Pod } from '@t8s/api';
import { isSidecar } from '../pods/pod-format.ts';

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase */
export function podPhase(pod: Pod, init: readonly ContainerStatus[], containers: readonly ContainerStatus[], ending: boolean): Phase {
  const policy = pod.spec.restartPolicy ?? 'Always';
  for (const container of pod.spec.initContainers ?? []) {
    const status = init.find((s) => s.name === container.name);
    const state = status?.state ?? {};
    const done = isSidecar(container) ? status?.started === true || state.terminated !== undefined : state.terminated?.exitCode === 0;
    const mainSeen = containers.some((s) => s.state?.running ?? s.state?.terminated ?? s.lastState?.terminated);
    if (done || mainSeen) continue;
    if (!isSidecar(container) && state.terminated && (policy === 'Never' || ending)) return 'Failed';
    return 'Pending';
  }
  const has = (s: ContainerStatus): 'running' | 'ended' | 'waiting' => {
    if (s.state?.running) return 'running';
    return s.state?.terminated || s.lastState?.terminated ? 'ended' : 'waiting';
  };
  const kinds = containers.map(has);
  if (kinds.includes('waiting')) return 'Pending';
  if (kinds.includes('running')) return 'Running';
  if (!kinds.includes('ended')) return 'Pending';
  if (policy === 'Always' && !ending) return 'Running';
  const succeeded = containers.every((s) => (s.state?.terminated ?? s.lastState?.terminated)?.exitCode === 0);
  if (succeeded) return 'Succeeded';
  return policy === 'Never' || ending ? 'Failed' : 'Running';
}
