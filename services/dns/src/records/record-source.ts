/** What records are made of: Services and EndpointSlices, found by name and by address. */
import { type EndpointSlice, endpointSliceKind, type Service, serviceKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { Informer } from '@t8s/informer';
import type { Logger } from '@t8s/telemetry';

const noSelector = {};

/** Reads follow the API; while it is away they answer from what was last seen. Objects keep only what records need. */
export class RecordSource {
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;

  constructor({ client, log }: { client: Client; log: Logger }) {
    this.#services = new Informer({
      client,
      kind: serviceKind,
      log,
      transform: trimService,
      indexers: {
        namespace: ({ metadata }) => [metadata.namespace ?? ''],
        address: ({ spec }) => serviceAddresses(spec),
      },
    });
    this.#slices = new Informer({
      client,
      kind: endpointSliceKind,
      log,
      transform: trimSlice,
      indexers: {
        service: (slice) => [sliceServiceKey(slice)],
        address: ({ endpoints }) => endpoints.flatMap(({ addresses }) => addresses),
      },
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#services.run(signal), this.#slices.run(signal)]);
  }

  /** Resolves when both lists are here. */
  async synced(): Promise<void> {
    await Promise.all([this.#services.synced, this.#slices.synced]);
  }

  get hasSynced(): boolean {
    return this.#services.hasSynced && this.#slices.hasSynced;
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.get(`${namespace}/${name}`);
  }

  servicesAt(address: string): Service[] {
    return this.#services.byIndex('address', address);
  }

  /** Whether a namespace has Services: only then there are names below it. */
  hasNamespace(namespace: string): boolean {
    return this.#services.byIndex('namespace', namespace).length > 0;
  }

  slicesOf(namespace: string, name: string): EndpointSlice[] {
    return this.#slices.byIndex('service', `${namespace}/${name}`);
  }

  slicesWith(address: string): EndpointSlice[] {
    return this.#slices.byIndex('address', address);
  }
}

/** The addresses of a Service itself: none for headless and ExternalName ones. */
export function serviceAddresses({ clusterIP, clusterIPs, type }: Service['spec']): string[] {
  if (type === 'ExternalName') return [];
  const all = clusterIPs && clusterIPs.length > 0 ? clusterIPs : [clusterIP ?? ''];
  return all.filter((ip) => ip !== '' && ip !== 'None');
}

/** `namespace/name` of the Service a slice belongs to; `''` where it names none. */
export function sliceServiceKey({ metadata }: EndpointSlice): string {
  const name = metadata.labels?.['kubernetes.io/service-name'];
  return name ? `${metadata.namespace}/${name}` : '';
}

function trimService({ metadata: { name, namespace, uid, resourceVersion }, spec }: Service): Service {
  const { type, clusterIP, clusterIPs, externalName, ports } = spec;
  return {
    metadata: { name, namespace, uid, resourceVersion },
    spec: {
      type,
      clusterIP,
      clusterIPs,
      externalName,
      ports: (ports ?? noPorts).map(({ name: portName, port, protocol }) => ({ name: portName, port, protocol })),
    },
  };
}

const noPorts: never[] = [];

/** Endpoints that are not ready have no records (publishNotReadyAddresses makes them ready in the slice already). */
function trimSlice({ metadata, addressType, ports, endpoints }: EndpointSlice): EndpointSlice {
  const { name, namespace, uid, resourceVersion, labels = noSelector } = metadata;
  const service = (labels as Record<string, string>)['kubernetes.io/service-name'];
  return {
    metadata: { name, namespace, uid, resourceVersion, ...(service && { labels: { 'kubernetes.io/service-name': service } }) },
    addressType,
    ports: (ports ?? noPorts).map(({ name: portName, port, protocol }) => ({ name: portName, port, protocol })),
    endpoints: (endpoints ?? noPorts)
      .filter(({ conditions }) => conditions?.ready !== false)
      .map(({ addresses, hostname }) => (hostname === undefined ? { addresses } : { addresses, hostname })),
  };
}
