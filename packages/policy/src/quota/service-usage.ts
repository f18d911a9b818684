import type { Service } from '@t8s/api';
import { Quantity } from '@t8s/meta';
import { type Amounts, one } from './amounts.ts';

export const isServiceName = (name: string): boolean =>
  ['services', 'count/services', 'services.nodeports', 'services.loadbalancers'].includes(name);

/** Node ports count by what is asked for: they are given out later. */
export function serviceUsage({ spec: { type, ports = [], allocateLoadBalancerNodePorts } }: Service): Amounts {
  const isBalanced = type === 'LoadBalancer';
  const asked = isBalanced && allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort) : ports;
  return {
    services: one,
    'count/services': one,
    'services.nodeports': Quantity.of(type === 'NodePort' || isBalanced ? asked.length : 0),
    'services.loadbalancers': Quantity.of(isBalanced ? 1 : 0),
  };
}
