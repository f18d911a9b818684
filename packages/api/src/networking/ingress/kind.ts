import { ageColumn, nameColumn } from '../../columns.ts';
import type { Ingress } from '../../generated/types.ts';
import { countSpecChanges } from '../../generation.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind } from '../../kind.ts';
import { classAnnotation, validateIngressCreate, validateIngressStatus, validateIngressUpdate } from './validate.ts';

export const ingressKind = defineKind<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  resource: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  schema: 'Ingress',
  subresources: { status: { validate: validateIngressStatus } },
  lists: {
    'IngressSpec.rules': { listType: 'atomic' },
    'IngressSpec.tls': { listType: 'atomic' },
    'IngressTLS.hosts': { listType: 'atomic' },
    'HTTPIngressRuleValue.paths': { listType: 'atomic' },
    'IngressLoadBalancerStatus.ingress': { listType: 'atomic' },
    'IngressLoadBalancerIngress.ports': { listType: 'atomic' },
  },
  columns: [
    nameColumn,
    {
      name: 'Class',
      type: 'string',
      description: 'The name of the IngressClass resource that should be used for additional configuration',
      cell: ({ spec }) => spec.ingressClassName ?? '<none>',
    },
    {
      name: 'Hosts',
      type: 'string',
      description: 'Hosts that incoming requests are matched against before the ingress rule',
      cell: formatHosts,
    },
    {
      name: 'Address',
      type: 'string',
      description: 'Address is a list containing ingress points for the load-balancer',
      cell: ({ status }) =>
        [...new Set((status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || []))].sort().join(','),
    },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports of TLS configurations that open',
      cell: ({ spec }) => (spec.tls?.length ? '80, 443' : '80'),
    },
    ageColumn,
  ],
  strategy: {
    prepareForCreate(ingress) {
      ingress.metadata.generation = 1;
      ingress.status = { loadBalancer: {} };
    },
    prepareForUpdate(ingress, old) {
      keepFields(ingress, old, ['status']);
      countSpecChanges(ingress, old);
    },
    validateCreate: validateIngressCreate,
    validateUpdate: validateIngressUpdate,
    warnings: ({ metadata, spec }, old) =>
      old === undefined && metadata.annotations?.[classAnnotation] !== undefined && spec.ingressClassName === undefined
        ? [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
        : [],
  },
});

const shown = 3;

/** The first hosts, and how many more rules there are. */
function formatHosts({ spec: { rules = [] } }: Ingress): string {
  const hosts = rules.flatMap(({ host }) => host || []);
  if (hosts.length === 0) return '*';
  const hidden = rules.length - shown;
  return `${hosts.slice(0, shown).join(',')}${hosts.length >= shown && hidden > 0 ? ` + ${hidden} more...` : ''}`;
}
