/** Nodes that exist only in the API, with no more of a kubelet than that pods run there at once, and go when they are deleted. */
import { setMaxListeners } from 'node:events';
import { nodeKind, type Pod, podKind } from '@t8s/api';
import { sleep } from '@t8s/async';
import type { Client } from '@t8s/client';
import { formatTime, isStatus } from '@t8s/meta';
import { rate } from './result.ts';

export interface SimulatedNodes {
  count: number;
  capacity: Record<string, string>;
  zones: number;
}

const zoneLabel = 'topology.kubernetes.io/zone';

export async function createNodes({ client }: { client: Client }, { count, capacity, zones }: SimulatedNodes): Promise<void> {
  await rate(count, 32, async (i) => {
    const name = `node-${i}`;
    await client.resource(nodeKind).create({
      metadata: { name, labels: { 'kubernetes.io/hostname': name, [zoneLabel]: `zone-${i % zones}` } },
      spec: {},
      status: { capacity, allocatable: capacity, conditions: [{ type: 'Ready', status: 'True' }] },
    });
    // No controller is there to see that the node is ready.
    await client.resource(nodeKind).patch({ name }, { type: 'merge', body: { spec: { taints: null } } });
  });
}

/** Ends pods that are being deleted, as kubelets do when the containers are gone, until the signal aborts. */
export async function endDeletedPods({ client }: { client: Client }, signal: AbortSignal): Promise<void> {
  await followPods(client, signal, (pod) => (pod.metadata.deletionTimestamp === undefined ? undefined : end(client, pod)));
}

/** That, and pods that are bound run and are ready `startMs` later, each with an address of its own. */
export async function runPods({ client, startMs = 0 }: { client: Client; startMs?: number }, signal: AbortSignal): Promise<void> {
  // Every pod that starts listens to it.
  setMaxListeners(0, signal);
  let addresses = 0;
  const started = new Set<string>();
  const run = async ({ metadata: { namespace, name = '', uid = '' } }: Pod): Promise<void> => {
    if (started.has(uid)) return;
    started.add(uid);
    await sleep(startMs, { signal });
    const n = addresses++;
    const startTime = formatTime(Date.now());
    const conditions = ['Ready', 'ContainersReady', 'Initialized'].map((type) => ({ type, status: 'True', lastTransitionTime: startTime }));
    const status = { phase: 'Running', podIP: `10.${200 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`, startTime, conditions };
    const body = { metadata: { uid }, status };
    await client.resource(podKind).patch({ namespace, name }, { type: 'strategic', subresource: 'status', body });
  };
  await followPods(client, signal, (pod) => {
    if (pod.metadata.deletionTimestamp !== undefined) return end(client, pod);
    return pod.spec.nodeName !== undefined && pod.status?.phase === 'Pending' ? run(pod) : undefined;
  });
}

/** What is done about a change is done beside the next; that the pod has changed or gone meanwhile does no harm. */
async function followPods(client: Client, signal: AbortSignal, act: (pod: Pod) => Promise<unknown> | undefined): Promise<void> {
  const pods = client.resource(podKind);
  const { metadata } = await pods.list({ limit: 1 });
  const bystanders = (error: unknown): void => {
    if (!isStatus(error, 'NotFound', 'Conflict') && !signal.aborted) throw error;
  };
  for await (const { type, object } of pods.watch({ resourceVersion: metadata?.resourceVersion ?? '0', signal }))
    if (type !== 'DELETED') act(object)?.catch(bystanders);
}

function end(client: Client, { metadata: { namespace, name = '', uid = '' } }: Pod): Promise<unknown> {
  return client.resource(podKind).delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
}
