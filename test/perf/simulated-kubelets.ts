/** Nodes that exist only in the API, with no more of a kubelet than that pods which are deleted there go. */
import { nodeKind, type Pod, podKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import type { ApiServerProcess } from './apiserver-process.ts';
import { rate } from './result.ts';

export interface SimulatedNodes {
  count: number;
  capacity: Record<string, string>;
  zones: number;
}

const zoneLabel = 'topology.kubernetes.io/zone';

export async function createNodes({ client }: ApiServerProcess, { count, capacity, zones }: SimulatedNodes): Promise<void> {
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
export async function endDeletedPods({ client }: ApiServerProcess, signal: AbortSignal): Promise<void> {
  const pods = client.resource(podKind);
  const { metadata } = await pods.list({ limit: 1 });
  const end = async ({ metadata: { namespace, name = '', uid = '' } }: Pod): Promise<void> => {
    try {
      await pods.delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isStatus(error, 'NotFound') && !signal.aborted) throw error;
    }
  };
  for await (const { type, object } of pods.watch({ resourceVersion: metadata?.resourceVersion ?? '0', signal }))
    if (type === 'MODIFIED' && object.metadata.deletionTimestamp !== undefined) void end(object);
}
