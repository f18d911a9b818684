/** UDP flows that the kernel's connection tracking would keep sending to the wrong place. Pure. */
import type { EndpointMap } from './endpoint-changes.ts';
import type { ProxyEndpoint } from './proxy-endpoint.ts';
import { type ProxyPort, portKey } from './proxy-port.ts';
import type { PortMap } from './service-changes.ts';

export interface StaleFlow {
  readonly protocol: 'udp';
  /** Where the client sent to; undefined for node ports: any local address. */
  readonly destination?: string;
  readonly port: number;
  /** The endpoint that is gone; undefined: every flow to the destination, whatever it was turned into. */
  readonly endpoint?: string;
}

interface State {
  ports: PortMap;
  endpoints: EndpointMap;
}

/**
 * Flows of endpoints that serve no more, and all flows to ports that just got their first endpoint: those were passed on
 * untranslated, and a client that keeps its socket would stay in that hole. TCP ends by itself and is left alone.
 */
export function staleFlows(old: State, now: State): StaleFlow[] {
  const flows: StaleFlow[] = [];
  for (const [key, port] of old.ports) {
    if (port.protocol !== 'udp') continue;
    const before = old.endpoints.get(key);
    const after = now.ports.has(key) ? now.endpoints.get(key) : undefined;
    if (before === undefined || before === after) continue;
    const kept = new Set((after ?? []).filter(serves).map(({ address }) => address));
    const gone = new Set(before.filter((endpoint) => serves(endpoint) && !kept.has(endpoint.address)).map(({ address }) => address));
    for (const endpoint of gone) for (const target of destinations(port)) flows.push({ ...target, endpoint });
  }
  for (const port of now.ports.values()) {
    if (port.protocol !== 'udp') continue;
    const key = portKey(port);
    const had = old.ports.has(key) && (old.endpoints.get(key) ?? []).some(serves);
    if (!had && (now.endpoints.get(key) ?? []).some(serves)) flows.push(...destinations(port));
  }
  return flows;
}

const serves = ({ ready, serving, terminating }: ProxyEndpoint): boolean => ready || (serving && terminating);

function destinations({ clusterIP, externalIPs, loadBalancerIPs, port, nodePort }: ProxyPort): StaleFlow[] {
  const flows: StaleFlow[] = [clusterIP, ...externalIPs, ...loadBalancerIPs].map((destination) => ({ protocol: 'udp', destination, port }));
  if (nodePort !== 0) flows.push({ protocol: 'udp', port: nodePort });
  return flows;
}
