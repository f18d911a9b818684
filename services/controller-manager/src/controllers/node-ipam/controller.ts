/** Gives every node its own range of pod addresses (`spec.podCIDR`) out of the cluster's. */
import { type Node, nodeKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
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
  const controller = new Controller({ name: 'node-ipam', informers: [nodes], reconcile, log, clock });
  // Handlers see the whole first list before any reconcile: no range in use can be given again.
  nodes.addHandler({ added: occupy, updated: occupy, deleted: (node) => node.spec.podCIDR && cidrs.release(node.spec.podCIDR) });
  controller.watch(nodes, (node) => (node.spec.podCIDR ? [] : [node.metadata.name ?? '']));
  return controller;

  function occupy(node: Node): void {
    if (node.spec.podCIDR) cidrs.occupy(node.spec.podCIDR);
  }

  async function reconcile(name: string): Promise<void> {
    const cached = nodes.get(name);
    // The cache may not show yet what the last reconcile gave: a second range must not be tried.
    const node = cached && (await freshOwner(client, nodeKind, cached));
    if (!node || node.spec.podCIDR) return;
    const podCIDR = cidrs.allocate();
    if (podCIDR === undefined) {
      recorder.event(withKind(nodeKind, node), 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
      throw new Error(`no range left in ${clusterCidr} for node ${name}`);
    }
    try {
      await client
        .resource(nodeKind)
        .patch({ name }, { type: 'merge', body: { metadata: { uid: node.metadata.uid }, spec: { podCIDR, podCIDRs: [podCIDR] } } });
    } catch (error) {
      cidrs.release(podCIDR);
      throw error;
    }
  }
}
