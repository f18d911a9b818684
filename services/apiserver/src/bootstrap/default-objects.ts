/** What every cluster has from the start: its namespaces, the system's priority classes, flow control, and itself as a service. */
import {
  type ConfigMap,
  configMapKind,
  type EndpointSlice,
  type Endpoints,
  endpointSliceKind,
  endpointsKind,
  type Namespace,
  namespaceKind,
  priorityClassKind,
  type Service,
  type ServiceCIDR,
  semanticEqual,
  serviceCidrKind,
  serviceKind,
  systemPriorityClasses,
} from '@t8s/api';
import type { Client, ResourceRef } from '@t8s/client';
import { formatTime, isStatus, type KubeObject } from '@t8s/meta';
import type { Trust } from '../serving-files.ts';
import { ensureFlowControl } from './flow-control.ts';

export interface BootstrapOptions extends Trust {
  /** A client of this very server. */
  client: Client;
  /** The service range, and its first address. */
  services: { cidr: string; ip: string };
  /** Where this server is reached: --advertise-address and --secure-port. */
  advertise: { ip: string; port: number };
}

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Makes what is missing; changes nothing that is there but the server's own address. */
export async function ensureDefaultObjects(options: BootstrapOptions): Promise<void> {
  const { client, services, advertise, clientCa, requestHeaderCa } = options;
  for (const name of namespaces) await ensure<Namespace>(client, namespaceKind, { metadata: { name }, spec: {} });
  for (const [name, value] of Object.entries(systemPriorityClasses))
    await ensure(client, priorityClassKind, { metadata: { name }, value, description: descriptions[name] ?? '' });
  await publishTrust(client, { clientCa, requestHeaderCa });
  await ensure<ConfigMap>(client, configMapKind, { metadata: tokenTracking, data: { since: new Date().toISOString().slice(0, 10) } });
  await ensureServiceRange(client, services.cidr);
  await ensure(client, serviceKind, kubernetesService(services.ip));
  await publish(client, endpointsKind, kubernetesEndpoints(advertise));
  await publish(client, endpointSliceKind, kubernetesSlice(advertise));
  await ensureFlowControl(client);
}

const descriptions: Record<string, string> = {
  'system-cluster-critical': 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  'system-node-critical': 'Used for system critical pods that must not be moved from their current node.',
};
/** Since when the use of tokens of secrets is noted. */
const tokenTracking = { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' };
const authenticationConfig = { name: 'extension-apiserver-authentication', namespace: 'kube-system' };

/** How extension apiservers tell who asks: the same certificates, and proxies that say it in headers. */
function trustedProxies({ clientCa, requestHeaderCa }: Trust): Record<string, string> {
  return {
    'client-ca-file': clientCa,
    ...(requestHeaderCa !== undefined && {
      'requestheader-allowed-names': '["front-proxy-client"]',
      'requestheader-client-ca-file': requestHeaderCa,
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-username-headers': '["X-Remote-User"]',
    }),
  };
}

/** What extension apiservers trust follows what this one does: its flags and files may have changed since. */
export async function publishTrust(client: Client, trust: Trust): Promise<void> {
  const data = trustedProxies(trust);
  await ensure<ConfigMap>(client, configMapKind, { metadata: authenticationConfig, data });
  const maps = client.resource(configMapKind);
  const current = await maps.get(authenticationConfig);
  if (!semanticEqual({ ...current.data, ...data }, current.data)) await maps.update({ ...current, data: { ...current.data, ...data } });
}

const labels = { component: 'apiserver', provider: 'kubernetes' };
const metadata = { name: 'kubernetes', namespace: 'default' };

function kubernetesService(clusterIP: string): Service {
  return {
    metadata: { ...metadata, labels },
    spec: {
      clusterIP,
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  };
}

function kubernetesEndpoints({ ip, port }: BootstrapOptions['advertise']): Endpoints {
  return {
    metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  };
}

function kubernetesSlice({ ip, port }: BootstrapOptions['advertise']): EndpointSlice {
  return {
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  };
}

/** The range that services get their addresses from, as others may add more. */
async function ensureServiceRange(client: Client, cidr: string): Promise<void> {
  await ensure<ServiceCIDR>(client, serviceCidrKind, { metadata: { name: 'kubernetes' }, spec: { cidrs: [cidr] } });
  const { status } = await client.resource(serviceCidrKind).get({ name: 'kubernetes' });
  if (status?.conditions?.some(({ type }) => type === 'Ready')) return;
  const lastTransitionTime = formatTime(Date.now());
  const ready = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready', lastTransitionTime };
  const body = { status: { conditions: [ready] } };
  await client.resource(serviceCidrKind).patch({ name: 'kubernetes' }, { type: 'merge', subresource: 'status', body });
}

async function ensure<T extends KubeObject>(client: Client, kind: ResourceRef<T>, object: T): Promise<void> {
  const { namespace, name = '' } = object.metadata;
  try {
    await client.resource(kind).get({ namespace, name });
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
    await client
      .resource(kind)
      .create(object)
      .catch((cause: unknown) => {
        if (!isStatus(cause, 'AlreadyExists')) throw cause;
      });
  }
}

/** This server's address, in place of what was there: of several servers the last to start is the one the service leads to. */
async function publish<T extends KubeObject>(client: Client, kind: ResourceRef<T>, object: T): Promise<void> {
  await ensure(client, kind, object);
  const current = await client.resource(kind).get({ namespace: 'default', name: 'kubernetes' });
  if (!JSON.stringify(current).includes(addressOf(object)))
    await client.resource(kind).update({ ...object, metadata: { ...current.metadata, ...object.metadata } });
}

function addressOf(object: KubeObject): string {
  return /"(\d+\.\d+\.\d+\.\d+)"/.exec(JSON.stringify(object))?.[1] ?? '';
}
