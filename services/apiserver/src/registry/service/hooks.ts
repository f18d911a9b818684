/** Cluster IPs and node ports of services: taken before a service is stored, given back when it goes or no longer needs them. */
import type { Service, ServicePort } from '@t8s/api';
import { type FieldError, internalError, invalid, invalidValue, type KubeObject } from '@t8s/meta';
import type { Store, WatchCache } from '@t8s/storage';
import type { RegistryHooks } from '../hooks.ts';
import { Allocator, type ItemRange } from './allocator.ts';
import { ipAddressClaims } from './ip-address-claims.ts';
import type { Ipv4Range } from './ipv4-range.ts';
import { serviceRanges } from './service-ranges.ts';

export interface ServiceHooksOptions {
  store: Store;
  /** --service-cluster-ip-range: counts until the first ServiceCIDR is there. */
  range: Ipv4Range;
  cache: WatchCache;
  /** --service-node-port-range, both ends included. */
  nodePorts: { from: number; to: number };
}

const serviceKind = { group: '', kind: 'Service' };
const portPool = 't8s-service-node-ports';

export class ServiceHooks implements RegistryHooks {
  readonly #ips: Allocator;
  readonly #ports: Allocator;
  readonly #ranges: () => readonly Ipv4Range[];
  readonly #nodePorts: ServiceHooksOptions['nodePorts'];

  constructor({ store, range, cache, nodePorts }: ServiceHooksOptions) {
    this.#ranges = () => serviceRanges(cache, range);
    this.#nodePorts = nodePorts;
    const items = (one: Ipv4Range): ItemRange => ({ count: one.usable, item: (n) => one.at(n + 1) });
    this.#ips = new Allocator({ store, pool: 'ipaddresses', ranges: () => this.#ranges().map(items), claims: ipAddressClaims });
    const ports: ItemRange = { count: nodePorts.to - nodePorts.from + 1, item: (n) => String(nodePorts.from + n) };
    this.#ports = new Allocator({ store, pool: portPool, ranges: () => [ports] });
  }

  async beforeWrite(
    object: KubeObject,
    old: KubeObject | undefined,
    { dryRun }: { dryRun: boolean },
  ): Promise<(() => Promise<void>) | undefined> {
    const service = object as Service;
    // A write of its status: the spec is the one that all readers of the version before share.
    if (service.spec === (old as Service | undefined)?.spec) return undefined;
    const taken: (() => Promise<void>)[] = [];
    const undo = async (): Promise<void> => {
      for (const release of taken.splice(0)) await release();
    };
    try {
      const errors = [
        ...(await this.#assignIp(service, old as Service | undefined, taken)),
        ...(await this.#assignPorts(service, old as Service | undefined, taken)),
      ];
      if (errors.length > 0) throw invalid(serviceKind, service.metadata.name ?? '', errors);
    } catch (error) {
      await undo();
      throw error;
    }
    // A dry run shows what could be given, and gives it back.
    if (dryRun) await undo();
    return undo;
  }

  async afterWrite(object: KubeObject, old: KubeObject | undefined): Promise<void> {
    if (!old) return;
    const kept = claimsOf(object as Service);
    await this.#release(
      object,
      claimsOf(old as Service).filter((claim) => !kept.some((k) => k.pool === claim.pool && k.item === claim.item)),
    );
  }

  async afterRemove(object: KubeObject): Promise<void> {
    await this.#release(object, claimsOf(object as Service));
  }

  /** Brings the claims into step with the services that are there. */
  async repair(cache: WatchCache): Promise<void> {
    const ips = new Map<string, string>();
    const ports = new Map<string, string>();
    for (const { object } of cache.resource('services').range())
      for (const { pool, item } of claimsOf(object as Service)) (pool === 'ip' ? ips : ports).set(item, ownerOf(object, pool));
    await this.#ips.repair(ips);
    await this.#ports.repair(ports);
  }

  async #assignIp(service: Service, old: Service | undefined, taken: (() => Promise<void>)[]): Promise<FieldError[]> {
    const { spec } = service;
    if (spec.type === 'ExternalName' || spec.clusterIP === 'None') return [];
    const before = old?.spec.type === 'ExternalName' ? '' : (old?.spec.clusterIP ?? '');
    // An update that leaves the address out means the one the service has.
    if (!spec.clusterIP && before !== '') spec.clusterIP = before;
    if (spec.clusterIP && spec.clusterIP === before) {
      this.#complete(spec);
      return [];
    }
    const owner = ownerOf(service, 'ip');
    if (spec.clusterIP) {
      const refuse = (why: string): FieldError[] => [
        invalidValue('spec.clusterIPs', [spec.clusterIP], `failed to allocate IP ${spec.clusterIP}: ${why}`),
      ];
      const { clusterIP } = spec;
      if (!this.#ranges().some((range) => range.contains(clusterIP)))
        return refuse('the provided network does not match the current range');
      // An owner is known by its name: one that is yet to be has nothing of its own.
      if (!(await (old ? this.#ips.claim(clusterIP, owner) : this.#ips.take(clusterIP, owner))))
        return refuse('provided IP is already allocated');
    } else {
      const ip = await this.#ips.allocate(owner);
      if (ip === undefined) throw internalError('failed to allocate a serviceIP: range is full');
      spec.clusterIP = ip;
    }
    const ip = spec.clusterIP;
    taken.push(() => this.#ips.release(ip, owner));
    this.#complete(spec);
    return [];
  }

  #complete(spec: Service['spec']): void {
    spec.clusterIPs = [spec.clusterIP ?? ''];
    spec.ipFamilies = ['IPv4'];
    spec.ipFamilyPolicy ??= 'SingleStack';
  }

  async #assignPorts(service: Service, old: Service | undefined, taken: (() => Promise<void>)[]): Promise<FieldError[]> {
    const { spec } = service;
    if (spec.type !== 'NodePort' && !(spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)) return [];
    const owner = ownerOf(service, 'port');
    const has = new Set((old?.spec.ports ?? []).map((p) => p.nodePort));
    const errors: FieldError[] = [];
    for (const [i, port] of (spec.ports ?? []).entries()) {
      port.nodePort ??= old?.spec.ports?.find((p) => samePort(p, port))?.nodePort;
      const path = `spec.ports[${i}].nodePort`;
      const sibling = (spec.ports ?? []).slice(0, i).find((p) => p.port === port.port && p.protocol !== port.protocol)?.nodePort;
      port.nodePort ||= sibling;
      if (port.nodePort && (has.has(port.nodePort) || port.nodePort === sibling)) continue;
      if (port.nodePort) {
        const { from, to } = this.#nodePorts;
        if (port.nodePort < from || port.nodePort > to)
          errors.push(
            invalidValue(path, port.nodePort, `provided port is not in the valid range. The range of valid ports is ${from}-${to}`),
          );
        else if (!(await this.#ports.claim(String(port.nodePort), owner)))
          errors.push(invalidValue(path, port.nodePort, 'provided port is already allocated'));
      } else {
        const given = await this.#ports.allocate(owner);
        if (given === undefined) throw internalError('failed to allocate a nodePort: range is full');
        port.nodePort = Number(given);
      }
      const item = String(port.nodePort);
      taken.push(() => this.#ports.release(item, owner));
    }
    return errors;
  }

  async #release(object: KubeObject, claims: readonly { pool: 'ip' | 'port'; item: string }[]): Promise<void> {
    for (const { pool, item } of claims) await (pool === 'ip' ? this.#ips : this.#ports).release(item, ownerOf(object, pool));
  }
}

/** Who an address is for is there to be read by all: a name; a port's owner is known by its uid. */
const ownerOf = ({ metadata }: KubeObject, pool: 'ip' | 'port'): string =>
  pool === 'ip' ? `${metadata.namespace}/${metadata.name}` : (metadata.uid ?? '');
const samePort = (a: ServicePort, b: ServicePort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.name ?? '') === (b.name ?? '');

function claimsOf({ spec }: Service): { pool: 'ip' | 'port'; item: string }[] {
  const ip =
    spec.type !== 'ExternalName' && spec.clusterIP && spec.clusterIP !== 'None' ? [{ pool: 'ip' as const, item: spec.clusterIP }] : [];
  return [...ip, ...(spec.ports ?? []).flatMap((p) => (p.nodePort ? [{ pool: 'port' as const, item: String(p.nodePort) }] : []))];
}
