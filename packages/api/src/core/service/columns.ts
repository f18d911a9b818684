import { ageColumn, formatLabels, nameColumn } from '../../columns.ts';
import type { Service, ServicePort } from '../../generated/types.ts';
import type { Column } from '../../kind.ts';

export const serviceColumns: readonly Column<Service>[] = [
  nameColumn,
  { name: 'Type', type: 'string', description: 'How the service is reached.', cell: ({ spec }) => spec.type ?? '' },
  { name: 'Cluster-IP', type: 'string', description: 'Address inside the cluster.', cell: ({ spec }) => spec.clusterIPs?.[0] ?? '<none>' },
  { name: 'External-IP', type: 'string', description: 'Addresses that lead to the service from outside.', cell: externalIp },
  { name: 'Port(s)', type: 'string', description: 'Ports, with their node ports.', cell: ({ spec }) => formatPorts(spec.ports) },
  ageColumn,
  {
    name: 'Selector',
    type: 'string',
    priority: 1,
    description: 'Pods behind the service.',
    cell: ({ spec }) => formatLabels(spec.selector),
  },
];

function externalIp({ spec, status }: Service): string {
  const given = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return given.join(',') || '<none>';
    case 'LoadBalancer': {
      const ingress = [...new Set((status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || ''))].filter(Boolean);
      return [...ingress.sort(), ...given].join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function formatPorts(ports: readonly ServicePort[] | undefined): string {
  const each = (ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`);
  return each.join(',') || '<none>';
}
