import { type FieldError, invalidValue, required } from '@t8s/meta';
import { parseCidr, strictCidr } from '../../addresses.ts';
import { ageColumn, nameColumn } from '../../columns.ts';
import { invalidBy } from '../../field-checks.ts';
import type { ServiceCIDR } from '../../generated/types.ts';
import { defineKind, ownMetadata } from '../../kind.ts';
import { immutable } from '../../object-meta/validate.ts';

export const serviceCidrKind = defineKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  resource: 'servicecidrs',
  singular: 'servicecidr',
  namespaced: false,
  schema: 'ServiceCIDR',
  subresources: { status: { keeps: ownMetadata } },
  lists: {
    'ServiceCIDRSpec.cidrs': { listType: 'atomic' },
    'ServiceCIDRStatus.conditions': { mergeKey: 'type', listType: 'map', mapKeys: ['type'] },
  },
  columns: [
    nameColumn,
    {
      name: 'CIDRs',
      type: 'string',
      description: 'CIDRs defines the IP blocks in CIDR notation from which to assign service cluster IPs.',
      cell: ({ spec }) => (spec.cidrs ?? []).join(','),
    },
    ageColumn,
  ],
  strategy: {
    defaults(serviceCidr) {
      serviceCidr.status ??= {};
    },
    validateCreate: ({ spec }) => validateCidrs(spec),
    validateUpdate: validateCidrsUpdate,
  },
});

function validateCidrs(spec: ServiceCIDR['spec']): FieldError[] {
  const path = 'spec.cidrs';
  const { cidrs = [] } = spec;
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalidValue(path, spec, 'may only hold up to 2 values')];
  const [first, second] = cidrs.map((text) => parseCidr(text)?.family);
  if (cidrs.length === 2 && (first === undefined || second === undefined || first === second))
    return [invalidValue(path, spec, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64')];
  return cidrs.flatMap((text, i) => invalidBy(`${path}[${i}]`, text, strictCidr(text)));
}

/** A second family may join the first; nothing else changes. */
function validateCidrsUpdate({ spec }: ServiceCIDR, old: ServiceCIDR): FieldError[] {
  const path = 'spec.cidrs';
  const { cidrs = [] } = spec;
  const { cidrs: before = [] } = old.spec;
  if (cidrs.length === before.length) return before.flatMap((block, i) => immutable(`${path}[${i}]`, cidrs[i], block));
  if (before.length !== 1 || cidrs.length !== 2) return [invalidValue(path, cidrs, 'field is immutable')];
  return [...immutable(`${path}[0]`, cidrs[0], before[0]), ...validateCidrs(spec)];
}
