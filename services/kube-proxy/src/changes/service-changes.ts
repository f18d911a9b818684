/** Follows Services; answers with the ports they have now. */
import type { Service } from '@t8s/api';
import { type ProxyPort, portKey, proxyPorts } from './proxy-port.ts';

/** The ports of all Services by `portKey`. Never changed in place. */
export type PortMap = ReadonlyMap<string, ProxyPort>;

/**
 * Promises: a port that did not change keeps its object (`===`), so what is derived from it may be kept too;
 * maps handed out stay as they are.
 */
export class ServiceChanges {
  readonly #ports = new Map<string, readonly ProxyPort[]>();
  #map: PortMap | undefined = new Map();

  /** Takes a Service that came or changed. True where its ports are others than before. */
  apply(service: Service): boolean {
    return this.#set(`${service.metadata.namespace}/${service.metadata.name}`, proxyPorts(service));
  }

  /** Takes the key (`namespace/name`) of a Service that went. True where it had ports. */
  remove(service: string): boolean {
    return this.#set(service, []);
  }

  /** All ports, Services in order of their names. */
  current(): PortMap {
    this.#map ??= new Map(
      [...this.#ports.keys()].sort().flatMap((key) => (this.#ports.get(key) ?? []).map((port) => [portKey(port), port] as const)),
    );
    return this.#map;
  }

  #set(service: string, ports: readonly ProxyPort[]): boolean {
    const old = this.#ports.get(service) ?? [];
    const kept = ports.map((port, i) => (sameText(port, old[i]) ? (old[i] ?? port) : port));
    if (kept.length === old.length && kept.every((port, i) => port === old[i])) return false;
    if (kept.length === 0) this.#ports.delete(service);
    else this.#ports.set(service, kept);
    this.#map = undefined;
    return true;
  }
}

const sameText = (a: ProxyPort, b: ProxyPort | undefined): boolean => b !== undefined && JSON.stringify(a) === JSON.stringify(b);
