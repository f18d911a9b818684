import type { PodStatus } from '@t8s/api';
import { formatTime } from '@t8s/meta';
import { podConditions } from './conditions.ts';
import { containerStatuses, type StatusInput } from './container-statuses.ts';
import { type Phase, podPhase } from './phase.ts';
import { qosClass } from './qos.ts';

export interface PodStatusInput extends StatusInput {
  hostIps: readonly string[];
  now: number;
  /** Set when the kubelet itself ends the pod (deadline, admission). */
  verdict?: { phase: 'Failed'; reason: string; message: string } | undefined;
}

/** The whole status that the kubelet writes. A pod that has ended stays so. */
export function podStatus(input: PodStatusInput): PodStatus {
  const { pod, runtime, hostIps, now, verdict } = input;
  const init = containerStatuses('initContainers', input);
  const containers = containerStatuses('containers', input);
  const ephemeral = containerStatuses('ephemeralContainers', input);
  const before = pod.status?.phase;
  const phase: Phase = isEnded(before) ? before : (verdict?.phase ?? podPhase(pod, init, containers, input.ending));
  const why = verdict ?? (isEnded(before) ? pod.status : undefined);
  const ips = podIps(input);
  const sandbox = runtime?.sandboxes[0];
  const hasSandbox = sandbox?.state === 'SANDBOX_READY' && ips.length > 0;
  const time = formatTime(now);
  return {
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    phase,
    ...(why?.reason !== undefined && { reason: why.reason }),
    ...(why?.message !== undefined && { message: why.message }),
    conditions: podConditions({ pod, phase, init, containers, hasSandbox, now: time }),
    ...(hostIps[0] !== undefined && { hostIP: hostIps[0], hostIPs: hostIps.map((ip) => ({ ip })) }),
    ...(ips[0] !== undefined && { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
    startTime: pod.status?.startTime ?? time,
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: containers,
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
    qosClass: qosClass(pod),
  };
}

/** Whether a pod of this phase has ended: it never runs again, whoever said so. */
export const isEnded = (phase: string | undefined): phase is 'Failed' | 'Succeeded' => phase === 'Failed' || phase === 'Succeeded';

/** A pod that has ended keeps the address it had. */
function podIps({ pod, runtime, hostIps }: PodStatusInput): string[] {
  const sandbox = runtime?.sandboxes[0];
  if (sandbox?.state === 'SANDBOX_READY') {
    if (pod.spec.hostNetwork) return [...hostIps];
    const { ip = '', additionalIps = [] } = sandbox.network ?? {};
    if (ip !== '') return [ip, ...additionalIps.map((a) => a.ip)];
  }
  return (pod.status?.podIPs ?? []).map(({ ip }) => ip);
}
