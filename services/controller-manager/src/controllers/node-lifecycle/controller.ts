/**
 * Watches over the nodes: one whose kubelet is silent for the grace period becomes Unknown, its pods not ready, and its
 * conditions become taints. Zone-aware eviction rates come with the workloads issue; taint-eviction acts on the taints.
 */
import { isDeepStrictEqual } from 'node:util';
import { leaseKind, type Node, type NodeCondition, nodeKind, type Pod, podKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { formatTime, isStatus } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { withKind } from '../../pods/claim.ts';
import { podIndexers } from '../../pods/indexers.ts';
import { isReady } from '../../pods/pod-state.ts';
import { desiredTaints } from './taints.ts';

/** The conditions a kubelet reports and so can't vouch for when it is silent. */
const reported = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];
const leaseNamespace = 'kube-node-lease';

/** `gracePeriod` in milliseconds: how long a kubelet may be silent. */
export function nodeLifecycleController(
  { client, informers, events, clock, log }: ControllerContext,
  { gracePeriod }: { gracePeriod: number },
): Controller {
  const recorder = events('node-controller');
  const nodes = informers.informer(nodeKind);
  const leases = informers.informer(leaseKind, { namespace: leaseNamespace });
  const pods = informers.informer(podKind, { indexers: podIndexers });
  /** When, by our own clock, each kubelet last gave a sign of life; clocks of machines are not compared. */
  const heard = new Map<string, { sign: string; at: number }>();
  const controller = new Controller({ name: 'node-lifecycle', informers: [nodes, leases, pods], reconcile, log, clock });
  controller.watch(nodes, (node) => [node.metadata.name ?? '']);
  leases.addHandler({ added: (lease) => hear(lease.metadata.name ?? ''), updated: (lease) => hear(lease.metadata.name ?? '') });
  nodes.addHandler({ deleted: (node) => heard.delete(node.metadata.name ?? '') });
  return controller;

  /** A sign of life costs a map write; the node is looked at when it had been given up, or when its time is up. */
  function hear(name: string): void {
    const node = nodes.get(name);
    if (!node) return;
    const sign = signOfLife(node);
    if (heard.get(name)?.sign !== sign) heard.set(name, { sign, at: clock.now() });
  }

  function signOfLife(node: Node): string {
    const heartbeat = node.status?.conditions?.find((c) => c.type === 'Ready' && c.reason !== 'NodeStatusUnknown')?.lastHeartbeatTime;
    return `${leases.get(`${leaseNamespace}/${node.metadata.name}`)?.spec.renewTime} ${heartbeat}`;
  }

  async function reconcile(name: string): Promise<{ requeueAfter: number } | undefined> {
    let node = nodes.get(name);
    if (!node) return undefined;
    if (!heard.has(name))
      recorder.event(withKind(nodeKind, node), 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
    hear(name);
    const left = (heard.get(name)?.at ?? 0) + gracePeriod - clock.now();
    if (left <= 0) node = await markUnknown(node);
    if (readyStatus(node) !== 'True') await markPodsNotReady(node);
    await taint(node);
    return { requeueAfter: left > 0 ? left : gracePeriod };
  }

  async function markUnknown(node: Node): Promise<Node> {
    const now = formatTime(clock.now());
    const conditions = reported.map((type): NodeCondition => {
      const current = node.status?.conditions?.find((c) => c.type === type);
      const message = current ? 'Kubelet stopped posting node status.' : 'Kubelet never posted node status.';
      const reason = current ? 'NodeStatusUnknown' : 'NodeStatusNeverUpdated';
      if (current?.status === 'Unknown') return current;
      return {
        type,
        status: 'Unknown',
        reason,
        message,
        lastHeartbeatTime: current?.lastHeartbeatTime ?? node.metadata.creationTimestamp ?? now,
        lastTransitionTime: now,
      };
    });
    const others = (node.status?.conditions ?? []).filter((c) => !reported.includes(c.type));
    const next = [...others, ...conditions];
    if (isDeepStrictEqual(next.toSorted(byType), (node.status?.conditions ?? []).toSorted(byType))) return node;
    const written = await client.resource(nodeKind).updateStatus({ ...node, status: { ...node.status, conditions: next } });
    recorder.event(withKind(nodeKind, node), 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
    return written;
  }

  async function markPodsNotReady(node: Node): Promise<void> {
    const ready = pods.byIndex('node', node.metadata.name ?? '').filter(isReady);
    await Promise.all(ready.map((pod) => markNotReady(pod)));
  }

  async function markNotReady(pod: Pod): Promise<void> {
    const { namespace, name = '', uid } = pod.metadata;
    const condition = {
      type: 'Ready',
      status: 'False',
      reason: 'NodeNotReady',
      message: 'Node is not ready',
      lastTransitionTime: formatTime(clock.now()),
    };
    try {
      await client
        .resource(podKind)
        .patch(
          { namespace, name },
          { type: 'strategic', subresource: 'status', body: { metadata: { uid }, status: { conditions: [condition] } } },
        );
      recorder.event(withKind(podKind, pod), 'Warning', 'NodeNotReady', 'Node is not ready');
    } catch (error) {
      if (!isStatus(error, 'NotFound', 'Conflict')) throw error;
    }
  }

  async function taint(node: Node): Promise<void> {
    const taints = desiredTaints(node, formatTime(clock.now()));
    if (isDeepStrictEqual(taints, node.spec.taints ?? [])) return;
    await client.resource(nodeKind).patch(
      { name: node.metadata.name ?? '' },
      {
        type: 'merge',
        body: { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } },
      },
    );
  }
}

const readyStatus = (node: Node): string | undefined => node.status?.conditions?.find((c) => c.type === 'Ready')?.status;
const byType = (a: NodeCondition, b: NodeCondition): number => (a.type < b.type ? -1 : 1);
