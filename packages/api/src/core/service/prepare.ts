/** What a write leaves out of a service's allocated fields, and what a change of type makes void. */
import type { Service, ServicePort } from '../../generated/types.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { defaultFamilies } from './defaults.ts';
import { needsClusterIp, needsHealthCheckNodePort, needsNodePort } from './service-type.ts';

export function prepareServiceForCreate(service: Service): void {
  service.status = { loadBalancer: {} };
  const { spec } = service;
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  defaultFamilies(spec);
}

/** Clients may send back a service without what was allocated for it; it keeps that. */
export function prepareServiceForUpdate(service: Service, old: Service): void {
  service.status = old.status ?? { loadBalancer: {} };
  syncClusterIps(service, old);
  keepAllocated(service, old);
  dropVoid(service, old);
  defaultFamilies(service.spec);
}

/** `clusterIP` and `clusterIPs` tell the same story: whichever the write changed wins. */
function syncClusterIps({ spec }: Service, old: Service): void {
  const sameOne = (spec.clusterIP ?? '') === (old.spec.clusterIP ?? '');
  const sameAll = semanticEqual(spec.clusterIPs, old.spec.clusterIPs);
  if (!sameOne && sameAll) {
    if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP, ...(spec.clusterIPs ?? []).slice(1)];
    else delete spec.clusterIPs;
  } else if (sameOne && !sameAll && !spec.clusterIPs?.length && spec.clusterIP) {
    if (old.spec.clusterIPs?.[0] === spec.clusterIP) delete spec.clusterIP;
  }
}

function keepAllocated({ spec }: Service, { spec: old }: Service): void {
  if (needsClusterIp(spec) && needsClusterIp(old)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs && spec.clusterIP === old.clusterIP) spec.clusterIPs = [...old.clusterIPs];
  }
  if (needsNodePort(spec) && needsNodePort(old)) keepNodePorts(spec.ports ?? [], old.ports ?? []);
  if (needsHealthCheckNodePort(spec) && needsHealthCheckNodePort(old) && !spec.healthCheckNodePort && old.healthCheckNodePort)
    spec.healthCheckNodePort = old.healthCheckNodePort;
}

const key = ({ protocol, port }: ServicePort): string => `${protocol}/${port}`;

function keepNodePorts(ports: ServicePort[], old: readonly ServicePort[]): void {
  const before = new Map(old.map((port) => [key(port), port.nodePort]));
  const taken = new Set(ports.map((port) => port.nodePort));
  for (const port of ports) {
    const nodePort = before.get(key(port));
    if (!port.nodePort && nodePort && !taken.has(nodePort)) port.nodePort = nodePort;
  }
}

/** A field that the new type does not have goes, unless the write has set it anew: then validation says what is wrong. */
function dropVoid({ spec }: Service, { spec: old }: Service): void {
  const drop = <K extends 'clusterIP' | 'clusterIPs' | 'ipFamilies' | 'ipFamilyPolicy' | 'healthCheckNodePort' | 'loadBalancerClass'>(
    field: K,
  ): void => {
    if (semanticEqual(spec[field], old[field])) delete spec[field];
  };
  if (needsClusterIp(old) && !needsClusterIp(spec)) {
    if (semanticEqual(spec.clusterIPs, old.clusterIPs)) drop('clusterIP');
    for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const) drop(field);
  }
  if (needsNodePort(old) && !needsNodePort(spec)) {
    const before = new Map((old.ports ?? []).map((port) => [key(port), port.nodePort]));
    for (const port of spec.ports ?? []) if (port.nodePort === before.get(key(port))) delete port.nodePort;
  }
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(spec)) drop('healthCheckNodePort');
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    drop('loadBalancerClass');
    if (spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) delete spec.allocateLoadBalancerNodePorts;
  }
  const external = (type: string | undefined): boolean => type === 'LoadBalancer' || type === 'NodePort';
  if (external(old.type) && !external(spec.type) && !spec.externalIPs?.length && spec.externalTrafficPolicy === old.externalTrafficPolicy)
    delete spec.externalTrafficPolicy;
}
