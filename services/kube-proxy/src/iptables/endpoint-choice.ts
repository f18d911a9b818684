/** Which endpoints a port's packets may reach from this node: traffic policies, terminating endpoints (KEP-1669), topology hints. */
import type { ProxyEndpoint } from '../changes/proxy-endpoint.ts';
import { isExternal, type ProxyPort } from '../changes/proxy-port.ts';

export interface EndpointChoice {
  /** For the traffic policy Cluster. */
  readonly cluster: readonly ProxyEndpoint[];
  /** For the traffic policy Local. */
  readonly local: readonly ProxyEndpoint[];
  /** Whether the port has usable endpoints on any node. */
  readonly any: boolean;
}

/** Where this node stands: hints are followed for its name and zone. */
export interface Place {
  readonly node: string;
  /** `topology.kubernetes.io/zone` of the node; `''` while unknown. */
  readonly zone: string;
}

/**
 * Ready endpoints first; where a policy finds none, those that still serve while they terminate.
 * A port with a Local external policy still needs Cluster endpoints: traffic of pods and of the node itself is not subject to it.
 */
export function chooseEndpoints(port: ProxyPort, endpoints: readonly ProxyEndpoint[], place: Place): EndpointChoice {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const draining = endpoints.filter((endpoint) => !endpoint.ready && endpoint.serving && endpoint.terminating);
  const cluster = ready.length > 0 ? preferHinted(ready, place) : draining;
  const localReady = ready.filter((endpoint) => endpoint.local);
  const local = localReady.length > 0 ? localReady : draining.filter((endpoint) => endpoint.local);
  return {
    cluster: usesCluster(port) ? cluster : [],
    local: usesLocal(port) ? local : [],
    any: ready.length > 0 || draining.length > 0,
  };
}

const usesCluster = (port: ProxyPort): boolean => !port.internalLocal || isExternal(port);
const usesLocal = (port: ProxyPort): boolean => port.internalLocal || (port.externalLocal && isExternal(port));

/** Hints count only where every ready endpoint has one, and one of them is for us: else the slices are on their way to a new state. */
function preferHinted(ready: readonly ProxyEndpoint[], { node, zone }: Place): readonly ProxyEndpoint[] {
  if (ready.every((endpoint) => endpoint.nodeHints.length > 0)) {
    const near = ready.filter((endpoint) => endpoint.nodeHints.includes(node));
    if (near.length > 0) return near;
  }
  if (zone !== '' && ready.every((endpoint) => endpoint.zoneHints.length > 0)) {
    const near = ready.filter((endpoint) => endpoint.zoneHints.includes(zone));
    if (near.length > 0) return near;
  }
  return ready;
}
