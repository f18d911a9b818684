/** Writes on each node for how long its kubelet may keep what it has read: the more nodes there are, the longer. */
import { type Node, nodeKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifFound, objectKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';

const annotation = 'node.alpha.kubernetes.io/ttl';
/** Seconds for so many nodes. The bounds overlap, so that a node more or less does not rewrite all of them. As upstream. */
const steps = [
  { from: 0, to: 100, seconds: 0 },
  { from: 90, to: 500, seconds: 15 },
  { from: 450, to: 1000, seconds: 30 },
  { from: 900, to: 2000, seconds: 60 },
  { from: 1800, to: Number.POSITIVE_INFINITY, seconds: 300 },
] as const;

export function ttlController({ client, informers, clock, log }: ControllerContext): Controller {
  const nodes = informers.informer(nodeKind);
  const controller = new Controller({ name: 'ttl', informers: [nodes], reconcile, workers: 10, log, clock });
  let count = 0;
  let step: (typeof steps)[number] = steps[0];
  nodes.addHandler({
    added(node) {
      counted(1);
      check(node);
    },
    updated: check,
    deleted: () => counted(-1),
  });
  return controller;

  function counted(change: 1 | -1): void {
    count += change;
    if (count >= step.from && count <= step.to) return;
    const next = change > 0 ? steps.find(({ to }) => count <= to) : steps.findLast(({ from }) => count >= from);
    step = next ?? step;
    for (const node of nodes.list()) check(node);
  }

  function check(node: Node): void {
    if (node.metadata.annotations?.[annotation] !== String(step.seconds)) controller.enqueue(objectKey(node));
  }

  async function reconcile(name: string): Promise<void> {
    if (!nodes.get(name)) return;
    const body = { metadata: { annotations: { [annotation]: String(step.seconds) } } };
    await ifFound(client.resource(nodeKind).patch({ name }, { type: 'merge', body }));
  }
}
