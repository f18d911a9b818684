/** Where a service of the cluster is reached from this process, which is no pod. */
import type { EndpointSlice, Service } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';

export interface ServiceReference {
  namespace: string;
  name: string;
  port: number;
}

export interface Location {
  host: string;
  port: number;
}

/** `10.0.0.1:443`, `[fd00::1]:443`. */
export const hostPort = ({ host, port }: Location): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** Throws ServiceUnreachable. */
export type ServiceLocator = (reference: ServiceReference) => Location;

/** Nothing is behind a reference to a service; the message says why. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';
}

/** By the cluster's own means: cluster IPs, which kube-proxy must lead somewhere on this machine. */
export function byClusterIp(cache: WatchCache): ServiceLocator {
  return (reference) => {
    const { spec } = serviceOf(cache, reference);
    if (spec.type === 'ExternalName') return { host: spec.externalName ?? '', port: reference.port };
    if (spec.clusterIP === 'None') throw new ServiceUnreachable('cannot route to service with ClusterIP "None"');
    portOf(spec.ports, reference);
    return { host: spec.clusterIP ?? '', port: reference.port };
  };
}

/** Straight to one of its ready endpoints, whichever (--enable-aggregator-routing). */
export function byEndpoint(cache: WatchCache): ServiceLocator {
  return (reference) => {
    const { spec } = serviceOf(cache, reference);
    if (spec.type === 'ExternalName') return { host: spec.externalName ?? '', port: reference.port };
    const { name: portName = '' } = portOf(spec.ports, reference);
    const all = slicesOf(cache, reference).flatMap(({ endpoints = [], ports = [] }) => {
      const port = ports.find(({ name = '' }) => name === portName)?.port;
      return port === undefined ? [] : endpoints.filter(isReady).map(({ addresses }) => ({ host: addresses[0] ?? '', port }));
    });
    const chosen = all[Math.floor(Math.random() * all.length)];
    if (!chosen) throw new ServiceUnreachable(`no endpoints available for service ${JSON.stringify(reference.name)}`);
    return chosen;
  };
}

export const serviceNameLabel = 'kubernetes.io/service-name';

/** The slices of a service's endpoints. */
export function slicesOf(cache: WatchCache, { namespace, name }: Omit<ServiceReference, 'port'>): EndpointSlice[] {
  return [...cache.resource('endpointslices').range(`${namespace}/`)]
    .map(({ object }) => object as EndpointSlice & KubeObject)
    .filter(({ metadata }) => metadata.labels?.[serviceNameLabel] === name);
}

export const isReady = ({ conditions }: NonNullable<EndpointSlice['endpoints']>[number]): boolean => conditions?.ready !== false;

function serviceOf(cache: WatchCache, { namespace, name }: ServiceReference): Service {
  const found = cache.resource('services').get(`${namespace}/${name}`);
  if (!found) throw new ServiceUnreachable(`service ${JSON.stringify(name)} not found`);
  return found.object as Service;
}

function portOf(ports: Service['spec']['ports'] = [], { name, port }: ServiceReference): { name?: string } {
  const found = ports.find((one) => one.port === port);
  if (!found) throw new ServiceUnreachable(`no service port ${port} found for service ${JSON.stringify(name)}`);
  return found;
}
