/** Follows EndpointSlices; answers with the endpoints each port of a Service has now. */
import type { EndpointSlice } from '@t8s/api';
import { endpointText, type ProxyEndpoint, type SliceEndpoints, sliceEndpoints, sliceService } from './proxy-endpoint.ts';

/** Endpoints by `portKey`, in order of their addresses. Never changed in place. */
export type EndpointMap = ReadonlyMap<string, readonly ProxyEndpoint[]>;

/**
 * Promises: a port whose endpoints did not change keeps its list (`===`); maps handed out stay as they are.
 * An address that stands in several slices counts once, and is ready where any of them says so.
 */
export class EndpointChanges {
  readonly #nodeName: string;
  readonly #slices = new Map<string, Map<string, SliceEndpoints>>();
  readonly #dirty = new Set<string>();
  readonly #keys = new Map<string, readonly string[]>();
  #map = new Map<string, readonly ProxyEndpoint[]>();

  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  /** Takes a slice that came or changed. True where it belongs to a Service. */
  apply(slice: EndpointSlice): boolean {
    const service = sliceService(slice);
    if (service === undefined) return false;
    const slices = this.#slices.get(service) ?? new Map<string, SliceEndpoints>();
    this.#slices.set(service, slices);
    slices.set(slice.metadata.name ?? '', sliceEndpoints(slice, this.#nodeName));
    this.#dirty.add(service);
    return true;
  }

  /** Takes a slice that went. True where it was known. */
  remove(slice: EndpointSlice): boolean {
    const service = sliceService(slice);
    const slices = this.#slices.get(service ?? '');
    if (service === undefined || !slices?.delete(slice.metadata.name ?? '')) return false;
    if (slices.size === 0) this.#slices.delete(service);
    this.#dirty.add(service);
    return true;
  }

  /** All endpoints; work is done for Services that changed since the last call only. */
  current(): EndpointMap {
    if (this.#dirty.size === 0) return this.#map;
    const map = new Map(this.#map);
    for (const service of this.#dirty) {
      const merged = mergeSlices(this.#slices.get(service)?.values() ?? []);
      for (const key of this.#keys.get(service) ?? []) if (!merged.has(key)) map.delete(key);
      for (const [key, endpoints] of merged) {
        const old = map.get(key);
        if (old === undefined || JSON.stringify(old) !== JSON.stringify(endpoints)) map.set(key, endpoints);
      }
      if (merged.size === 0) this.#keys.delete(service);
      else this.#keys.set(service, [...merged.keys()]);
    }
    this.#dirty.clear();
    this.#map = map;
    return map;
  }
}

function mergeSlices(slices: Iterable<SliceEndpoints>): Map<string, readonly ProxyEndpoint[]> {
  const byKey = new Map<string, Map<string, ProxyEndpoint>>();
  for (const slice of slices) {
    for (const [key, endpoints] of slice) {
      const unique = byKey.get(key) ?? new Map<string, ProxyEndpoint>();
      byKey.set(key, unique);
      for (const endpoint of endpoints) {
        const text = endpointText(endpoint);
        if (!unique.get(text)?.ready) unique.set(text, endpoint);
      }
    }
  }
  return new Map(
    [...byKey].map(([key, unique]) => [key, [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint)]),
  );
}
