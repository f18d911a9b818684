/** The order in which nodes are tried: one of each zone in turn, so that a search that stops early has seen every zone. */
import type { NodeInfo } from '../framework/node-info.ts';

const zoneOf = ({ node }: NodeInfo): string => {
  const labels = node?.metadata.labels;
  return `${labels?.['topology.kubernetes.io/region'] ?? ''}/${labels?.['topology.kubernetes.io/zone'] ?? ''}`;
};

export function interleaveZones(nodes: Iterable<NodeInfo>): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = zoneOf(node);
    const list = zones.get(zone);
    if (list) list.push(node);
    else zones.set(zone, [node]);
  }
  const lists = [...zones.values()];
  const longest = Math.max(0, ...lists.map((list) => list.length));
  const order: NodeInfo[] = [];
  for (let i = 0; i < longest; i++) for (const list of lists) if (i < list.length) order.push(list[i] as NodeInfo);
  return order;
}
