/** One port of one Service as the proxy sees it. Immutable: a changed Service gives new objects. */
import { isIPv4 } from 'node:net';
import type { Service } from '@t8s/api';

export type Protocol = 'tcp' | 'udp' | 'sctp';

export interface ProxyPort {
  /** `namespace/name:port`, or `namespace/name` where the port has no name: stands in comments and chain hashes. */
  readonly name: string;
  /** `namespace/name`. */
  readonly service: string;
  /** The port's name; `''` where it has none. Joins it with the ports of EndpointSlices. */
  readonly portName: string;
  readonly protocol: Protocol;
  readonly clusterIP: string;
  readonly port: number;
  /** 0 where there is none. */
  readonly nodePort: number;
  readonly externalIPs: readonly string[];
  /** Addresses of load balancers that hand packets on with their destination unchanged (ipMode VIP). */
  readonly loadBalancerIPs: readonly string[];
  /** CIDRs; empty accepts every source. */
  readonly loadBalancerSourceRanges: readonly string[];
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** 0 where there is none. */
  readonly healthCheckNodePort: number;
  /** Seconds a client stays with its endpoint; 0 without session affinity. */
  readonly affinitySeconds: number;
}

const defaultAffinitySeconds = 10_800;

/** Whether the proxy serves this Service at all: not headless, not ExternalName, not left to another proxy. */
export function isProxied(service: Service): boolean {
  const { clusterIP, type } = service.spec;
  return (
    type !== 'ExternalName' &&
    clusterIP !== undefined &&
    clusterIP !== '' &&
    clusterIP !== 'None' &&
    service.metadata.labels?.['service.kubernetes.io/service-proxy-name'] === undefined
  );
}

/** The IPv4 ports of a Service; none for Services that are not proxied or have no IPv4 address. */
export function proxyPorts(service: Service): readonly ProxyPort[] {
  if (!isProxied(service)) return [];
  const { spec, metadata, status } = service;
  const clusterIP = [...(spec.clusterIPs ?? []), spec.clusterIP ?? ''].find((ip) => isIPv4(ip));
  if (clusterIP === undefined) return [];
  const key = `${metadata.namespace}/${metadata.name}`;
  const loadBalancer = spec.type === 'LoadBalancer';
  const shared = {
    service: key,
    clusterIP,
    externalIPs: (spec.externalIPs ?? []).filter((ip) => isIPv4(ip)),
    loadBalancerIPs: loadBalancer
      ? (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
          ip !== undefined && isIPv4(ip) && ipMode !== 'Proxy' ? [ip] : [],
        )
      : [],
    loadBalancerSourceRanges: (spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()).filter(isIPv4Range),
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal: (loadBalancer || spec.type === 'NodePort') && spec.externalTrafficPolicy === 'Local',
    healthCheckNodePort: loadBalancer && spec.externalTrafficPolicy === 'Local' ? (spec.healthCheckNodePort ?? 0) : 0,
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds) : 0,
  };
  return (spec.ports ?? []).map(({ name = '', port, nodePort, protocol }) => ({
    ...shared,
    name: name === '' ? key : `${key}:${name}`,
    portName: name,
    protocol: (protocol ?? 'TCP').toLowerCase() as Protocol,
    port,
    nodePort: nodePort ?? 0,
  }));
}

/** The key endpoints and rules are found by: two ports of a Service may share a name across protocols. */
export const portKey = ({ name, protocol }: Pick<ProxyPort, 'name' | 'protocol'>): string => `${name}/${protocol}`;

/** Whether packets from outside the cluster may ask for this port. */
export const isExternal = (port: ProxyPort): boolean =>
  port.nodePort !== 0 || port.loadBalancerIPs.length > 0 || port.externalIPs.length > 0;

function isIPv4Range(range: string): boolean {
  const [address = '', bits, rest] = range.split('/');
  return isIPv4(address) && bits !== undefined && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && rest === undefined;
}
