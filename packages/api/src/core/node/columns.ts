import { ageColumn, nameColumn } from '../../columns.ts';
import type { Node } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';

const wide = (name: string, description: string, cell: (node: Node) => string): Column<Node> => ({
  name,
  type: 'string',
  priority: 1,
  description,
  cell,
});

export const nodeColumns: readonly Column<Node>[] = [
  nameColumn,
  { name: 'Status', type: 'string', description: 'Whether the node runs pods and takes new ones.', cell: nodeStatus },
  {
    name: 'Roles',
    type: 'string',
    description: 'Roles of the node, from its labels.',
    cell: (node) => nodeRoles(node).join(',') || '<none>',
  },
  ageColumn,
  { name: 'Version', type: 'string', description: 'Version of the kubelet.', cell: ({ status }) => status?.nodeInfo?.kubeletVersion ?? '' },
  wide('Internal-IP', 'Address inside the cluster.', (node) => address(node, 'InternalIP')),
  wide('External-IP', 'Address outside the cluster.', (node) => address(node, 'ExternalIP')),
  wide('OS-Image', 'Operating system.', ({ status }) => status?.nodeInfo?.osImage || '<unknown>'),
  wide('Kernel-Version', 'Version of the kernel.', ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>'),
  wide(
    'Container-Runtime',
    'Container runtime with its version.',
    ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
  ),
];

function nodeStatus({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec.unschedulable ? `${state},SchedulingDisabled` : state;
}

/** From `node-role.kubernetes.io/<role>` and `kubernetes.io/role: <role>`, sorted. */
export function nodeRoles({ metadata: { labels = {} } }: Node): string[] {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.entries(labels).map(([key, value]) =>
    key.startsWith(prefix) ? key.slice(prefix.length) : key === 'kubernetes.io/role' ? value : '',
  );
  return [...new Set(roles)].filter((role) => role !== '').sort();
}

const address = ({ status }: Node, type: string): string => status?.addresses?.find((a) => a.type === type)?.address ?? '<none>';
