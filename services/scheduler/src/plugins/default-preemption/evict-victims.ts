/** Lets the victims of a preemption go, gracefully, in the background. */
import { type Pod, type PodCondition, podKind } from '@t8s/api';
import { formatTime, ifUnchanged } from '@t8s/meta';
import { patchPodStatus } from '../../events/failure-report.ts';
import type { PluginContext } from '../../framework/plugin-context.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Candidate } from './victims.ts';

type Context = Pick<PluginContext, 'client' | 'requests' | 'cache' | 'waiting' | 'recorder' | 'clock' | 'activate'>;

/** Pods of lower priority that hoped for the node look for another one. */
export async function dropLowerNominations(preemptor: PodInfo, { node }: Candidate, { client, cache, activate }: Context): Promise<void> {
  const lower = [...node.nominated.values()].filter(({ priority }) => priority < preemptor.priority);
  for (const { uid } of lower) cache.withdraw(uid);
  await Promise.all(
    lower.map(async (info) => {
      await ifUnchanged(patchPodStatus(client, info.pod, { nominatedNodeName: null }));
      activate(info);
    }),
  );
}

/** Marks a pod and deletes it with its own grace period; one that waits for permission has nothing to delete yet. */
export async function evictVictim(
  preemptor: PodInfo,
  victim: PodInfo,
  { node, context }: { node: string; context: Context },
): Promise<void> {
  const { client, requests, waiting, recorder, clock } = context;
  const { metadata, status } = victim.pod;
  const waitingPod = waiting.get(victim.uid);
  if (waitingPod) waitingPod.reject('DefaultPreemption', 'preempted');
  else {
    // Whoever deletes it already, it goes.
    if (metadata.deletionTimestamp !== undefined) return;
    const condition = disruption(preemptor.pod, victim.pod, clock.now());
    const isMarked = status?.conditions?.some(
      ({ type, status: is, reason }) => type === condition.type && is === 'True' && reason === condition.reason,
    );
    const { name = '', namespace, uid } = metadata;
    const evict = async (): Promise<true> => {
      if (!isMarked) await requests.send(() => patchPodStatus(client, victim.pod, { conditions: [condition] }));
      const options = { ...(uid !== undefined && { preconditions: { uid } }) };
      await requests.send(() => client.resource(podKind).delete({ namespace, name }, options));
      return true;
    };
    // It went, or another came in its place.
    if (!(await ifUnchanged(evict()))) return;
  }
  recorder.event({ apiVersion: 'v1', kind: 'Pod', metadata }, 'Normal', 'Preempted', `Preempted by pod ${preemptor.uid} on node ${node}`);
}

function disruption({ spec }: Pod, { metadata }: Pod, now: number): PodCondition {
  return {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${spec.schedulerName ?? 'default-scheduler'}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: formatTime(now),
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
  };
}
