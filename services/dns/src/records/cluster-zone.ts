/**
 * The records of the cluster (kubernetes/dns specification 1.1.0). Made when asked for: there is nothing to keep in step.
 */
import { isIPv4 } from 'node:net';
import type { EndpointSlice, Service } from '@t8s/api';
import type { SoaAnswer, SrvAnswer, StringAnswer, TxtAnswer } from 'dns-packet';
import { dashed, reverseAddress, undashed } from './address-name.ts';
import { type RecordSource, serviceAddresses, sliceServiceKey } from './record-source.ts';

export type ResourceRecord = StringAnswer | SrvAnswer | SoaAnswer | TxtAnswer;

export interface Lookup {
  /** Whether the name exists: without answers it is NODATA then, else NXDOMAIN. */
  exists: boolean;
  answers: ResourceRecord[];
  additionals: ResourceRecord[];
  /** Where the last CNAME leads: the rest of the answer is there. */
  alias?: string;
}

export interface ClusterZoneOptions {
  source: RecordSource;
  /** `cluster.local`. */
  domain: string;
  /** Seconds; as kubeadm sets up CoreDNS. */
  ttl?: number;
  now?: () => number;
}

const schemaVersion = '1.1.0';

export class ClusterZone {
  readonly #source: RecordSource;
  readonly domain: string;
  readonly #ttl: number;
  readonly #now: () => number;

  constructor({ source, domain, ttl = 30, now = Date.now }: ClusterZoneOptions) {
    this.#source = source;
    this.domain = domain.toLowerCase().replace(/\.$/, '');
    this.#ttl = ttl;
    this.#now = now;
  }

  get isReady(): boolean {
    return this.#source.hasSynced;
  }

  /** Whether the name is in the zone we speak for. */
  owns(name: string): boolean {
    return name === this.domain || name.endsWith(`.${this.domain}`);
  }

  /** Answers a name we own, or a reverse name; `name` in lower case without final dot. Undefined: not ours, others may know. */
  lookup(name: string, type: string): Lookup | undefined {
    if (this.owns(name)) return this.#forward(name, type);
    const address = reverseAddress(name);
    if (address === undefined) return undefined;
    const names = this.#namesOf(address);
    if (names.length === 0) return undefined;
    return found(type === 'PTR' || type === 'ANY' ? names.map((data) => ({ type: 'PTR', name, ttl: this.#ttl, data })) : []);
  }

  /** For the authority section of negative answers (RFC 2308). */
  soa(): SoaAnswer {
    const data = {
      mname: `ns.dns.${this.domain}`,
      rname: `hostmaster.${this.domain}`,
      serial: Math.floor(this.#now() / 1000),
      refresh: 7200,
      retry: 1800,
      expire: 86_400,
      minimum: this.#ttl,
    };
    return { type: 'SOA', name: this.domain, ttl: this.#ttl, data };
  }

  #forward(name: string, type: string): Lookup {
    const labels = name === this.domain ? [] : name.slice(0, -this.domain.length - 1).split('.');
    const top = labels.pop();
    if (top === undefined) return this.#apex(type);
    if (top === 'svc') return this.#services(name, labels, type);
    if (top === 'pod') return this.#pods(name, labels, type);
    if (top === 'dns-version' && labels.length === 0)
      return found(type === 'TXT' ? [{ type: 'TXT', name, ttl: this.#ttl, data: schemaVersion }] : []);
    if (top === 'dns' && labels.length === 0) return found([]);
    if (top === 'dns' && labels.length === 1 && labels[0] === 'ns') return found(this.#addresses(name, this.#ownAddresses(), type));
    return missing();
  }

  #apex(type: string): Lookup {
    if (type === 'SOA') return found([this.soa()]);
    if (type === 'NS') return found([{ type: 'NS', name: this.domain, ttl: this.#ttl, data: `ns.dns.${this.domain}` }]);
    return found([]);
  }

  #ownAddresses(): string[] {
    const service = this.#source.service('kube-system', 'kube-dns');
    return service ? serviceAddresses(service.spec) : [];
  }

  /** `[port, protocol,] [hostname,] service, namespace` below svc. */
  #services(name: string, labels: string[], type: string): Lookup {
    const namespace = labels.pop();
    if (namespace === undefined) return found([]);
    const serviceName = labels.pop();
    if (serviceName === undefined) return this.#source.hasNamespace(namespace) ? found([]) : missing();
    const service = this.#source.service(namespace, serviceName);
    if (!service || labels.length > 2) return missing();
    if (service.spec.type === 'ExternalName') return labels.length === 0 ? this.#external(name, service) : missing();
    const [first = '', second] = labels;
    if (labels.length === 0) return this.#service(name, service, type);
    if (second !== undefined) return this.#serviceRecords(name, service, { type, port: unscored(first), protocol: unscored(second) });
    if (first.startsWith('_')) return hasProtocol(service, unscored(first)) ? found([]) : missing();
    const addresses = this.#endpoints(service).flatMap((e) => (e.hostname === first ? [e.address] : []));
    return addresses.length > 0 ? found(this.#addresses(name, addresses, type)) : missing();
  }

  #external(name: string, { spec }: Service): Lookup {
    const alias = (spec.externalName ?? '').toLowerCase().replace(/\.$/, '');
    return { ...found([{ type: 'CNAME', name, ttl: this.#ttl, data: alias }]), alias };
  }

  #service(name: string, service: Service, type: string): Lookup {
    if (type === 'SRV') return this.#serviceRecords(name, service, { type });
    const own = serviceAddresses(service.spec);
    const addresses = own.length > 0 ? own : [...new Set(this.#endpoints(service).map(({ address }) => address))];
    // A headless Service without ready endpoints has no name (specification, 2.4.1).
    return addresses.length > 0 ? found(this.#addresses(name, addresses, type)) : missing();
  }

  /** SRV records: of the Service itself, or of each endpoint where it is headless. The addresses of the targets come along. */
  #serviceRecords(name: string, service: Service, want: { type: string; port?: string; protocol?: string }): Lookup {
    const { name: serviceName, namespace } = service.metadata;
    const base = `${serviceName}.${namespace}.svc.${this.domain}`;
    const own = serviceAddresses(service.spec);
    const wanted = (port: string | undefined, protocol = 'TCP'): boolean =>
      want.port === undefined || ((port ?? '') === want.port && protocol.toLowerCase() === want.protocol && want.port !== '');
    const targets: { target: string; port: number; addresses: string[] }[] = [];
    if (own.length > 0) {
      for (const { name: portName, port, protocol } of service.spec.ports ?? [])
        if (wanted(portName, protocol)) targets.push({ target: base, port, addresses: own });
    } else {
      for (const slice of this.#source.slicesOf(namespace ?? '', serviceName ?? ''))
        for (const { name: portName, port, protocol } of slice.ports ?? [])
          if (port !== undefined && wanted(portName, protocol))
            for (const { hostname, address } of sliceHosts(slice))
              targets.push({ target: `${hostname}.${base}`, port, addresses: [address] });
    }
    if (targets.length === 0) return missing();
    if (want.type !== 'SRV' && want.type !== 'ANY') return found([]);
    // An endpoint with addresses of both families stands in two slices.
    const hosts = new Map<string, string[]>();
    for (const { target, addresses } of targets) hosts.set(target, [...(hosts.get(target) ?? []), ...addresses]);
    const unique = [...new Map(targets.map((entry) => [`${entry.target}:${entry.port}`, entry])).values()];
    const weight = Math.max(1, Math.floor(100 / unique.length));
    return {
      exists: true,
      answers: unique.map(({ target, port }) => ({ type: 'SRV', name, ttl: this.#ttl, data: { priority: 0, weight, port, target } })),
      additionals: [...hosts].flatMap(([target, addresses]) => this.#addresses(target, [...new Set(addresses)], 'ANY')),
    };
  }

  /** `10-244-0-3.<namespace>.pod`: any address, as deprecated clients expect (specification, 2.6). */
  #pods(name: string, labels: string[], type: string): Lookup {
    if (labels.length < 2) return found([]);
    const address = labels.length === 2 ? undashed(labels[0] ?? '') : undefined;
    return address === undefined ? missing() : found(this.#addresses(name, [address], type));
  }

  #endpoints({ metadata }: Service): Host[] {
    return this.#source.slicesOf(metadata.namespace ?? '', metadata.name ?? '').flatMap(sliceHosts);
  }

  #namesOf(address: string): string[] {
    const services = this.#source.servicesAt(address);
    if (services.length > 0) return services.map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc.${this.domain}`);
    const names = this.#source.slicesWith(address).flatMap((slice) => {
      const [namespace = '', serviceName] = sliceServiceKey(slice).split('/');
      const service = serviceName === undefined ? undefined : this.#source.service(namespace, serviceName);
      if (!service || service.spec.type === 'ExternalName') return [];
      return sliceHosts(slice).flatMap((host) =>
        host.address === address ? [`${host.hostname}.${serviceName}.${namespace}.svc.${this.domain}`] : [],
      );
    });
    return [...new Set(names)];
  }

  #addresses(name: string, addresses: readonly string[], type: string): ResourceRecord[] {
    return addresses.flatMap((data) => {
      const family = isIPv4(data) ? 'A' : 'AAAA';
      return type === family || type === 'ANY' ? [{ type: family, name, ttl: this.#ttl, data } as const] : [];
    });
  }
}

interface Host {
  hostname: string;
  address: string;
}

/** One name an address; slices of FQDN addresses have no place in the specification. */
function sliceHosts({ addressType, endpoints }: EndpointSlice): Host[] {
  if (addressType === 'FQDN') return [];
  return endpoints.flatMap(({ addresses, hostname }) =>
    addresses.map((address) => ({ hostname: hostname?.toLowerCase() || dashed(address), address })),
  );
}

const found = (answers: ResourceRecord[]): Lookup => ({ exists: true, answers, additionals: [] });
const missing = (): Lookup => ({ exists: false, answers: [], additionals: [] });
const unscored = (label: string): string => (label.startsWith('_') ? label.slice(1) : '');
const hasProtocol = ({ spec }: Service, protocol: string): boolean =>
  (spec.ports ?? []).some((port) => (port.protocol ?? 'TCP').toLowerCase() === protocol);
