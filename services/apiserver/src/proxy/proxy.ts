/** The `proxy` sub-resources: any request to a pod, to a pod behind a service, or to a node. */
import type { EndpointSubset, Endpoints, Node, Pod, Service } from '@t8s/api';
import { notFound, serviceUnavailable } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import type { Subresource } from '../endpoints/dispatch.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { type Backend, checkProxyable, portNumber, proxyPath, splitSchemeNamePort } from './backend.ts';
import { type KubeletClientOptions, kubeletAddress } from './kubelet.ts';
import { relay } from './relay.ts';

type Locate = (context: ResourceContext, objects: ObjectStore) => Promise<Backend>;

export function proxySubresources(kubelet: () => KubeletClientOptions): Record<string, Subresource> {
  return {
    'pods/proxy': proxy(locatePod),
    'services/proxy': proxy(locateService),
    'nodes/proxy': proxy((context, objects) => locateNode(context, objects, kubelet())),
  };
}

const proxy =
  (locate: Locate): Subresource =>
  async (context, { objects }) => {
    const { request, response, upgrade } = context;
    const backend = await locate(context, objects);
    const path = proxyPath(context);
    // Links of a page are relative to a folder: its address ends with a slash.
    if (!upgrade && path.rest === '' && (request.method === 'GET' || request.method === 'HEAD')) {
      response.writeHead(301, { Location: `${path.prefix}/${path.query}`, 'Content-Length': 0 }).end();
      return;
    }
    await relay(context, backend, path);
  };

const locatePod: Locate = async ({ resource, info }, objects) => {
  const { scheme, name, port } = splitSchemeNamePort(info.name, 'pod');
  const pod = (await objects.get(resource, info.namespace, name)).object as Pod;
  const first = pod.spec.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort;
  const host = pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? '';
  checkProxyable(host);
  const isTls = scheme === 'https';
  return { scheme: isTls ? 'https' : 'http', host, port: port === '' ? (first ?? (isTls ? 443 : 80)) : portNumber(port) };
};

const locateService: Locate = async ({ resource, info }, objects) => {
  const { scheme, name, port } = splitSchemeNamePort(info.name, 'service');
  const service = (await objects.get(resource, info.namespace, name)).object as Service;
  const portName = /^[+-]?\d+$/.test(port) ? nameOfPort(service, Number(port)) : port;
  const endpoints = objects.cache.resource('endpoints').get(`${info.namespace}/${name}`)?.object as Endpoints | undefined;
  if (!endpoints) throw notFound({ group: '', resource: 'endpoints' }, name);
  const { subsets = [] } = endpoints;
  if (subsets.length === 0) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  for (const subset of shuffled(subsets)) {
    const found = (subset.ports ?? []).find((candidate) => (candidate.name ?? '') === portName);
    const host = found && shuffled(subset.addresses ?? []).find((address) => isOfPod(address, info.namespace, objects))?.ip;
    if (found && host) return { scheme: scheme === 'https' ? 'https' : 'http', host, port: found.port };
  }
  throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(info.name)}`);
};

function nameOfPort({ spec, metadata }: Service, number: number): string {
  const found = (spec.ports ?? []).find(({ port }) => port === number);
  if (!found) throw serviceUnavailable(`no service port ${number} found for service ${JSON.stringify(metadata.name)}`);
  return found.name ?? '';
}

/** Endpoints are anyone's to write: only the addresses of pods in the same namespace are gone to. */
function isOfPod({ ip, targetRef }: NonNullable<EndpointSubset['addresses']>[number], namespace: string, { cache }: ObjectStore): boolean {
  if (targetRef?.namespace !== namespace) return false;
  const pod = cache.resource('pods').get(`${namespace}/${targetRef.name}`)?.object as Pod | undefined;
  return pod?.status?.podIPs?.some((own) => own.ip === ip) ?? false;
}

/** All of them, beginning anywhere. */
function shuffled<T>(items: readonly T[]): T[] {
  const start = Math.floor(Math.random() * items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}

async function locateNode({ resource, info }: ResourceContext, objects: ObjectStore, kubelet: KubeletClientOptions): Promise<Backend> {
  const { scheme, name, port } = splitSchemeNamePort(info.name, 'node');
  const own = kubeletAddress((await objects.get(resource, '', name)).object as Node);
  if (port === '' || port === String(own.port)) return { scheme: 'https', ...own, tls: kubelet };
  checkProxyable(own.host);
  return { scheme: scheme === 'https' ? 'https' : 'http', host: own.host, port: portNumber(port) };
}
