/** Endpoints as the proxy sees them. */
import { isIPv4 } from 'node:net';
import type { EndpointSlice } from '@t8s/api';
import type { Protocol } from './proxy-port.ts';

export interface ProxyEndpoint {
  readonly address: string;
  readonly port: number;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Whether it runs on this node. */
  readonly local: boolean;
  /** Nodes and zones that should prefer it (KEP-2433, KEP-3015); empty where no hint is given. */
  readonly nodeHints: readonly string[];
  readonly zoneHints: readonly string[];
}

/** The endpoints of one slice by the port key of the Service they belong to. */
export type SliceEndpoints = ReadonlyMap<string, readonly ProxyEndpoint[]>;

export const endpointText = ({ address, port }: Pick<ProxyEndpoint, 'address' | 'port'>): string => `${address}:${port}`;

/** `namespace/name` of the Service a slice belongs to; undefined where its label is missing. */
export function sliceService(slice: EndpointSlice): string | undefined {
  const name = slice.metadata.labels?.['kubernetes.io/service-name'];
  return name ? `${slice.metadata.namespace}/${name}` : undefined;
}

/**
 * Reads a slice. Only the first address of an endpoint counts, as consumers are told to (discovery.k8s.io/v1);
 * an unset `ready` or `serving` is true, an unset `terminating` false.
 */
export function sliceEndpoints(slice: EndpointSlice, nodeName: string): SliceEndpoints {
  const service = sliceService(slice);
  const found = new Map<string, readonly ProxyEndpoint[]>();
  if (service === undefined || slice.addressType !== 'IPv4') return found;
  for (const { name, port, protocol } of slice.ports ?? []) {
    if (port === undefined) continue;
    const key = `${name ? `${service}:${name}` : service}/${(protocol ?? 'TCP').toLowerCase() as Protocol}`;
    const endpoints = (slice.endpoints ?? []).flatMap(({ addresses, conditions = {}, nodeName: on, hints }): ProxyEndpoint[] => {
      const address = addresses[0];
      if (address === undefined || !isIPv4(address)) return [];
      return [
        {
          address,
          port,
          ready: conditions.ready ?? true,
          serving: conditions.serving ?? conditions.ready ?? true,
          terminating: conditions.terminating ?? false,
          local: on === nodeName,
          nodeHints: (hints?.forNodes ?? []).map((hint) => hint.name),
          zoneHints: (hints?.forZones ?? []).map((hint) => hint.name),
        },
      ];
    });
    found.set(key, [...(found.get(key) ?? []), ...endpoints]);
  }
  return found;
}
