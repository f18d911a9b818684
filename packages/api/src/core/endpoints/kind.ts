import { ipWarnings } from '../../addresses.ts';
import { ageColumn, nameColumn } from '../../columns.ts';
import type { Endpoints } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateEndpoints } from './validate.ts';

export const endpointsKind = defineKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema: 'Endpoints',
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  lists: {
    'Endpoints.subsets': { listType: 'atomic' },
    'EndpointSubset.addresses': { listType: 'atomic' },
    'EndpointSubset.notReadyAddresses': { listType: 'atomic' },
    'EndpointSubset.ports': { listType: 'atomic' },
  },
  columns: [
    nameColumn,
    { name: 'Endpoints', type: 'string', description: 'The first addresses that are ready, and how many more.', cell: formatEndpoints },
    ageColumn,
  ],
  strategy: {
    createOnUpdate: true,
    defaults({ subsets = [] }) {
      for (const { ports = [] } of subsets) for (const port of ports) port.protocol ||= 'TCP';
    },
    validate: validateEndpoints,
    warnings: ({ subsets = [] }) =>
      subsets.flatMap(({ addresses = [], notReadyAddresses = [] }, i) => [
        ...addresses.flatMap(({ ip }, j) => ipWarnings(`subsets[${i}].addresses[${j}].ip`, ip)),
        ...notReadyAddresses.flatMap(({ ip }, j) => ipWarnings(`subsets[${i}].notReadyAddresses[${j}].ip`, ip)),
      ]),
  },
});

const shown = 3;

function formatEndpoints({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`))),
  );
  const first = all.slice(0, shown).join(',');
  return all.length > shown ? `${first} + ${all.length - shown} more...` : first;
}
