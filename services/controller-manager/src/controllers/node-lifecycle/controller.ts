/**
 * Watches over the nodes: one whose kubelet is silent for the grace period becomes Unknown, its pods not ready, its conditions
 * taints. Nodes are given up (NoExecute, on which taint-eviction acts) at the rate of their zone, none where all are silent.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Lease, leaseKind, type Node, type NodeCondition, nodeKind, type Pod, podKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { formatTime, ifUnchanged } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { withKind } from '../../pods/claim.ts';
import { podIndexers } from '../../pods/indexers.ts';
import { patchStatus } from '../../pods/patch-status.ts';
import { isReady } from '../../pods/pod-state.ts';
import { type EvictionRates, EvictionZones, zoneOf } from './eviction-zones.ts';
import { desiredTaints, isGivenUp, readyStatus } from './taints.ts';

/** The conditions a kubelet reports and so can't vouch for when it is silent. */
const reported = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];
const leaseNamespace = 'kube-node-lease';
/** The label of old that follows each of today's. */
const followers = { 'kubernetes.io/os': 'beta.kubernetes.io/os', 'kubernetes.io/arch': 'beta.kubernetes.io/arch' };
/** The key under which the zones are looked at; no node can have this name. */
const zonesKey = ':zones';

/** Times in milliseconds. */
export interface NodeLifecycleOptions extends EvictionRates {
  /** How long a kubelet may be silent, and how long a new one that has never spoken. */
  gracePeriod: number;
  startupGracePeriod: number;
  /** Silence is noticed at whole multiples of this, so that nodes that fall silent together are judged together. */
  monitorPeriod: number;
}

export function nodeLifecycleController(
  { client, informers, events, clock, log }: ControllerContext,
  options: NodeLifecycleOptions,
): Controller {
  const { gracePeriod, startupGracePeriod, monitorPeriod } = options;
  const recorder = events('node-controller');
  const nodes = informers.informer(nodeKind);
  const leases = informers.informer(leaseKind, { namespace: leaseNamespace });
  const pods = informers.informer(podKind, { indexers: podIndexers });
  /** When, by our own clock, each kubelet last gave a sign of life; clocks of machines are not compared. */
  const heard = new Map<string, { sign: string; at: number }>();
  const zones = new EvictionZones(options, clock);
  const controller = new Controller({ name: 'node-lifecycle', informers: [nodes, leases, pods], reconcile, log, clock });
  controller.watch(nodes, (node, old) => [
    node.metadata.name ?? '',
    ...(old && readyStatus(old) === readyStatus(node) && zoneOf(old) === zoneOf(node) ? [] : [zonesKey]),
  ]);
  controller.watch(pods, (pod) => {
    const { nodeName = '' } = pod.spec;
    const node = nodes.get(nodeName);
    return node && readyStatus(node) === 'Unknown' && isReady(pod) ? [nodeName] : [];
  });
  leases.addHandler({ added: (lease) => hear(lease.metadata.name ?? ''), updated: (lease) => hear(lease.metadata.name ?? '') });
  nodes.addHandler({
    deleted(node) {
      const { name = '' } = node.metadata;
      heard.delete(name);
      record(node, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
    },
  });
  return controller;

  function record(node: Node, reason: string, message: string): void {
    recorder.event(withKind(nodeKind, node), 'Normal', reason, message);
  }

  /** A sign of life costs a map write; the node is looked at when it had been given up, or when its time is up. */
  function hear(name: string): void {
    const node = nodes.get(name);
    if (!node) return;
    const sign = signOfLife(node);
    const before = heard.get(name);
    if (before?.sign === sign) return;
    const isNew = before === undefined && readyStatus(node) === undefined && !leaseOf(name);
    heard.set(name, { sign, at: isNew ? Date.parse(node.metadata.creationTimestamp ?? formatTime(clock.now())) : clock.now() });
  }

  function leaseOf(name: string): Lease | undefined {
    return leases.get(`${leaseNamespace}/${name}`);
  }

  function signOfLife(node: Node): string {
    const heartbeat = node.status?.conditions?.find((c) => c.type === 'Ready' && c.reason !== 'NodeStatusUnknown')?.lastHeartbeatTime;
    return `${leaseOf(node.metadata.name ?? '')?.spec.renewTime} ${heartbeat}`;
  }

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    return key === zonesKey ? judgeZones() : judgeNode(key);
  }

  async function judgeNode(name: string): Promise<{ requeueAfter: number } | undefined> {
    let node = nodes.get(name);
    if (!node) return undefined;
    if (!heard.has(name)) record(node, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
    hear(name);
    const due = (heard.get(name)?.at ?? 0) + (readyStatus(node) === undefined ? startupGracePeriod : gracePeriod);
    if (due <= clock.now()) node = await markUnknown(node);
    if (readyStatus(node) === 'Unknown') await markPodsNotReady(node);
    await write(node, isGivenUp(node) && !zones.stopped);
    if (due <= clock.now()) return { requeueAfter: gracePeriod };
    return { requeueAfter: Math.ceil(due / monitorPeriod) * monitorPeriod - clock.now() };
  }

  async function judgeZones(): Promise<{ requeueAfter: number } | undefined> {
    const all = nodes.list();
    if (zones.assess(all)) {
      log.info({ controller: controller.name, stopped: zones.stopped }, 'whether nodes are given up has changed');
      // Who was not heard while nobody was gets his time again.
      if (!zones.stopped) for (const [name, { sign }] of heard) heard.set(name, { sign, at: clock.now() });
      for (const { metadata } of all) controller.enqueue(metadata.name ?? '');
    }
    let wait = Infinity;
    for (const node of all.filter((n) => ['False', 'Unknown'].includes(readyStatus(n) ?? '') && !isGivenUp(n)).sort(byTransition)) {
      const zone = zoneOf(node);
      if (zones.wait(zone) === 0) {
        await write(node, true);
        zones.spend(zone);
      } else wait = Math.min(wait, zones.wait(zone));
    }
    return wait === Infinity ? undefined : { requeueAfter: wait };
  }

  async function markUnknown(node: Node): Promise<Node> {
    const now = formatTime(clock.now());
    const known = node.status?.conditions ?? [];
    const unknown = (type: string, current?: NodeCondition): NodeCondition => ({
      type,
      status: 'Unknown',
      reason: current ? 'NodeStatusUnknown' : 'NodeStatusNeverUpdated',
      message: current ? 'Kubelet stopped posting node status.' : 'Kubelet never posted node status.',
      lastHeartbeatTime: current?.lastHeartbeatTime ?? node.metadata.creationTimestamp ?? now,
      lastTransitionTime: now,
    });
    const next = known.map((c) => (reported.includes(c.type) && c.status !== 'Unknown' ? unknown(c.type, c) : c));
    for (const type of reported) if (!known.some((c) => c.type === type)) next.push(unknown(type));
    if (isDeepStrictEqual(next, known)) return node;
    const written = await client.resource(nodeKind).updateStatus({ ...node, status: { ...node.status, conditions: next } });
    if (readyStatus(node) === 'True') record(node, 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
    return written;
  }

  async function markPodsNotReady(node: Node): Promise<void> {
    const ready = pods.byIndex('node', node.metadata.name ?? '').filter(isReady);
    await Promise.all(ready.map((pod) => markNotReady(pod)));
  }

  async function markNotReady(pod: Pod): Promise<void> {
    const marked = await ifUnchanged(patchStatus(client, pod, { condition: { type: 'Ready', status: 'False' } }, clock.now()));
    if (marked) recorder.event(withKind(podKind, pod), 'Warning', 'NodeNotReady', 'Node is not ready');
  }

  /** Taints and labels as they follow from the rest of the node. */
  async function write(node: Node, giveUp: boolean): Promise<void> {
    const taints = desiredTaints(node, { giveUp, now: formatTime(clock.now()) });
    const has = node.metadata.labels ?? {};
    const labels = Object.fromEntries(
      Object.entries(followers).flatMap(([of, label]) => (has[of] !== undefined && has[of] !== has[label] ? [[label, has[of]]] : [])),
    );
    const retaint = !isDeepStrictEqual(taints, node.spec.taints ?? []);
    if (!retaint && Object.keys(labels).length === 0) return;
    await client.resource(nodeKind).patch(
      { name: node.metadata.name ?? '' },
      {
        type: 'merge',
        body: {
          metadata: { resourceVersion: node.metadata.resourceVersion, labels },
          ...(retaint && { spec: { taints: taints.length > 0 ? taints : null } }),
        },
      },
    );
  }
}

/** Who has been down for longest comes first. */
function byTransition(a: Node, b: Node): number {
  const since = (node: Node): string => node.status?.conditions?.find((c) => c.type === 'Ready')?.lastTransitionTime ?? '';
  return since(a) < since(b) ? -1 : since(a) > since(b) ? 1 : 0;
}
