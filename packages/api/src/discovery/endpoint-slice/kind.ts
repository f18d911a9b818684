import { ipWarnings } from '../../addresses.ts';
import { ageColumn, nameColumn } from '../../columns.ts';
import type { EndpointSlice } from '../../generated/types.ts';
import { countGeneration } from '../../generation.ts';
import { defineKind } from '../../kind.ts';
import { immutable } from '../../object-meta/validate.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { validateEndpointSlice } from './validate.ts';

export const endpointSliceKind = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  schema: 'EndpointSlice',
  lists: {
    'EndpointSlice.endpoints': { listType: 'atomic' },
    'EndpointSlice.ports': { listType: 'atomic' },
    'Endpoint.addresses': { listType: 'set' },
    'EndpointHints.forNodes': { listType: 'atomic' },
    'EndpointHints.forZones': { listType: 'atomic' },
  },
  columns: [
    nameColumn,
    { name: 'AddressType', type: 'string', description: 'What the addresses are.', cell: ({ addressType }) => addressType },
    {
      name: 'Ports',
      type: 'string',
      description: 'The first ports, and how many more.',
      cell: ({ ports = [] }) => firstOf(ports.map(({ port, name }) => String(port ?? (name || '*')))),
    },
    {
      name: 'Endpoints',
      type: 'string',
      description: 'The first addresses, and how many more.',
      cell: ({ endpoints }) => firstOf(endpoints.flatMap(({ addresses }) => addresses)),
    },
    ageColumn,
  ],
  strategy: {
    defaults(slice) {
      slice.endpoints ??= [];
      for (const endpoint of slice.endpoints) {
        endpoint.addresses ??= [];
        /** The zone has a field of its own. */
        delete endpoint.deprecatedTopology?.['topology.kubernetes.io/zone'];
      }
      for (const port of slice.ports ?? []) {
        port.name ??= '';
        port.protocol ??= 'TCP';
      }
    },
    prepareForCreate({ metadata }) {
      metadata.generation = 1;
    },
    prepareForUpdate(slice, old) {
      const { endpoints, ports, addressType } = slice;
      const same = semanticEqual(
        { endpoints, ports, addressType },
        { endpoints: old.endpoints, ports: old.ports, addressType: old.addressType },
      );
      countGeneration(slice, old, same);
    },
    validate: validateEndpointSlice,
    validateUpdate: (slice, old) => immutable('addressType', slice.addressType, old.addressType),
    warnings: ({ addressType, endpoints }) =>
      addressType === 'FQDN'
        ? []
        : endpoints.flatMap(({ addresses }, i) => addresses.flatMap((ip, j) => ipWarnings(`endpoints[${i}].addresses[${j}]`, ip))),
  },
});

const shown = 3;

function firstOf(items: readonly string[]): string {
  const first = items.slice(0, shown).join(',');
  return items.length > shown ? `${first} + ${items.length - shown} more...` : first || '<unset>';
}
