/** Gives every node its own range of pod addresses (`spec.podCIDR`) out of the cluster's. */
import { type Node, nodeKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifFound } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { freshOwner, withKind } from '../../pods/claim.ts';
import { CidrSet } from './cidr-set.ts';

export interface NodeIpamOptions {
  clusterCidr: string;
  nodeMask: number;
}

export function nodeIpamController(
  { client, informers, events, clock, log }: ControllerContext,
  { clusterCidr, nodeMask }: NodeIpamOptions,
): Controller {
  const recorder = events('cidrAllocator');
  const nodes = informers.informer(nodeKind);
  const cidrs = new CidrSet(clusterCidr, nodeMask);
  /** What each node was given that may not show it yet: an answer that got lost may have been a yes. */
  const given = new Map<string, string>();
  /** Nodes for which there was nothing left. */
  const waiting = new Set<string>();
  const controller = new Controller({ name: 'node-ipam', informers: [nodes], reconcile, log, clock });
  // Handlers see the whole first list before any reconcile: no range in use can be given again.
  nodes.addHandler({ added: occupy, updated: occupy, deleted: release });
  controller.watch(nodes, (node) => (node.spec.podCIDR ? [] : [node.metadata.name ?? '']));
  return controller;

  function occupy({ metadata: { name = '' }, spec: { podCIDR } }: Node): void {
    if (!podCIDR) return;
    const own = given.get(name);
    if (own !== undefined && own !== podCIDR) free(own);
    given.delete(name);
    waiting.delete(name);
    cidrs.occupy(podCIDR);
  }

  function release({ metadata: { name = '' }, spec }: Node): void {
    const range = spec.podCIDR || given.get(name);
    given.delete(name);
    waiting.delete(name);
    if (range) free(range);
  }

  function free(range: string): void {
    cidrs.release(range);
    for (const name of waiting) controller.enqueue(name);
  }

  async function reconcile(name: string): Promise<void> {
    const cached = nodes.get(name);
    // The cache may not show yet what the last reconcile gave: a second range must not be tried.
    const node = cached && (await freshOwner(client, nodeKind, cached));
    if (!node || node.spec.podCIDR) return;
    const podCIDR = given.get(name) ?? cidrs.allocate();
    if (podCIDR === undefined) {
      waiting.add(name);
      recorder.event(withKind(nodeKind, node), 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
      return;
    }
    given.set(name, podCIDR);
    const body = { metadata: { uid: node.metadata.uid }, spec: { podCIDR, podCIDRs: [podCIDR] } };
    await ifFound(client.resource(nodeKind).patch({ name }, { type: 'merge', body }));
  }
}
