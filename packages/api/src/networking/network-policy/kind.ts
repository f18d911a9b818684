import { toSelector } from '@t8s/meta';
import { cidrWarnings } from '../../addresses.ts';
import { ageColumn, nameColumn } from '../../columns.ts';
import type { NetworkPolicy } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { defineKind } from '../../kind.ts';
import { validateNetworkPolicy } from './validate.ts';

export const networkPolicyKind = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  namespaced: true,
  schema: 'NetworkPolicy',
  lists: {
    'NetworkPolicySpec.ingress': { listType: 'atomic' },
    'NetworkPolicySpec.egress': { listType: 'atomic' },
    'NetworkPolicySpec.policyTypes': { listType: 'atomic' },
    'NetworkPolicyIngressRule.from': { listType: 'atomic' },
    'NetworkPolicyIngressRule.ports': { listType: 'atomic' },
    'NetworkPolicyEgressRule.to': { listType: 'atomic' },
    'NetworkPolicyEgressRule.ports': { listType: 'atomic' },
    'IPBlock.except': { listType: 'atomic' },
  },
  columns: [
    nameColumn,
    {
      name: 'Pod-Selector',
      type: 'string',
      description: 'Selects the pods to which this NetworkPolicy object applies.',
      cell: ({ spec }) => toSelector(spec.podSelector ?? {}).toString() || '<none>',
    },
    ageColumn,
  ],
  strategy: {
    defaults: defaultNetworkPolicy,
    prepareForCreate({ metadata }) {
      metadata.generation = 1;
    },
    prepareForUpdate: countSpecChanges,
    validate: validateNetworkPolicy,
    warnings: blockWarnings,
  },
});

function blockWarnings({ spec: { ingress = [], egress = [] } }: NetworkPolicy): string[] {
  const peers = [
    ...ingress.flatMap(({ from = [] }, i) => from.map(({ ipBlock }, j) => ({ ipBlock, path: `spec.ingress[${i}].from[${j}].ipBlock` }))),
    ...egress.flatMap(({ to = [] }, i) => to.map(({ ipBlock }, j) => ({ ipBlock, path: `spec.egress[${i}].to[${j}].ipBlock` }))),
  ];
  return peers.flatMap(({ ipBlock, path }) => [
    ...(ipBlock ? cidrWarnings(`${path}.cidr`, ipBlock.cidr) : []),
    ...(ipBlock?.except ?? []).flatMap((block, i) => cidrWarnings(`${path}.except[${i}]`, block)),
  ]);
}

/** A policy that says nothing of directions is about what comes in, and about what goes out where it has rules for it. */
function defaultNetworkPolicy({ spec }: NetworkPolicy): void {
  spec.podSelector ??= {};
  if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  for (const { ports = [] } of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of ports) port.protocol ??= 'TCP';
}
