import { type Pod, type PodCondition, podKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { formatTime } from '@t8s/meta';
import { podCondition } from './pod-state.ts';

export interface StatusPatch {
  phase?: string;
  /** A reason or message of null goes. */
  condition?: Pick<PodCondition, 'type' | 'status'> & { reason?: string | null; message?: string | null };
}

/** Writes a part of a pod's status, as long as it is this pod. `now` in milliseconds. */
export async function patchStatus(client: Client, pod: Pod, { condition, ...status }: StatusPatch, now: number): Promise<Pod> {
  const { namespace, name = '', uid, generation } = pod.metadata;
  const before = condition && podCondition(pod, condition.type);
  const written = {
    ...condition,
    ...(generation !== undefined && { observedGeneration: generation }),
    lastTransitionTime: (before?.status === condition?.status && before?.lastTransitionTime) || formatTime(now),
  };
  const body = { metadata: { uid }, status: { ...status, ...(condition && { conditions: [written] }) } };
  return client.resource(podKind).patch({ namespace, name }, { type: 'strategic', subresource: 'status', body });
}
