/** UDP flows that the kernel's connection tracking would keep sending to the wrong place. Pure. */
import type { EndpointMap } from './endpoint-changes.ts';
import { type ProxyPort, portKey } from './proxy-port.ts';
import type { PortMap } from './service-changes.ts';

export interface StaleFlow {
  /** Where the client sent to. */
  readonly destination: string;
  readonly port: number;
  /** Where its packets go; the destination itself where they are not translated. */
  readonly endpoint: string;
}

export interface FlowState {
  readonly ports: PortMap;
  readonly endpoints: EndpointMap;
}

/** Whether flows can have become stale between two states: something changed about a UDP port. */
export function udpChanged(old: FlowState, now: FlowState): boolean {
  if (old.ports === now.ports && old.endpoints === now.endpoints) return false;
  const state = ({ ports, endpoints }: FlowState): unknown[] =>
    [...ports.values()].flatMap((port) => (port.protocol === 'udp' ? [port, endpoints.get(portKey(port))] : []));
  const [before, after] = [state(old), state(now)];
  return before.length !== after.length || before.some((part, i) => part !== after[i]);
}

/**
 * Finds flows in the output of `conntrack -L -p udp` that go to something that is no endpoint: one that is gone, or, where the
 * flow began before the port had an endpoint, the Service's address itself. A client that keeps its socket would stay in that
 * hole. `old` is what was served before: ports that are gone since have no endpoints any more. TCP ends by itself.
 */
export function staleFlows(listing: string, old: PortMap, now: FlowState, localAddresses: ReadonlySet<string>): StaleFlow[] {
  const targets = new Map<string, Target>();
  const nodePorts = new Map<number, Target>();
  for (const ports of [old, now.ports]) {
    for (const [key, port] of ports) {
      if (port.protocol !== 'udp') continue;
      const target = { endpoints: ports === now.ports ? usable(now.endpoints.get(key) ?? []) : new Set<string>() };
      for (const ip of addresses(port)) targets.set(`${ip}:${port.port}`, target);
      if (port.nodePort !== 0) nodePorts.set(port.nodePort, target);
    }
  }
  const stale = new Map<string, StaleFlow>();
  for (const flow of parseFlows(listing)) {
    const target =
      targets.get(`${flow.destination}:${flow.port}`) ?? (localAddresses.has(flow.destination) ? nodePorts.get(flow.port) : undefined);
    if (!target || target.endpoints.has(flow.endpoint)) continue;
    // Untranslated and nothing to translate to: not ours to judge.
    if (target.endpoints.size === 0 && flow.endpoint === flow.destination) continue;
    stale.set(JSON.stringify(flow), flow);
  }
  return [...stale.values()];
}

interface Target {
  endpoints: ReadonlySet<string>;
}

const usable = (endpoints: readonly { address: string; ready: boolean; serving: boolean; terminating: boolean }[]): Set<string> =>
  new Set(endpoints.filter((e) => e.ready || (e.serving && e.terminating)).map((e) => e.address));

const addresses = ({ clusterIP, externalIPs, loadBalancerIPs }: ProxyPort): string[] => [clusterIP, ...externalIPs, ...loadBalancerIPs];

/** Each line names the packet's addresses as sent, then those of the answer: whose source is where packets go. */
function parseFlows(listing: string): StaleFlow[] {
  return [...listing.matchAll(/^udp .*?dst=(\S+) sport=\d+ dport=(\d+).*? src=(\S+) dst=/gm)].map(([, destination, port, endpoint]) => ({
    destination: destination ?? '',
    port: Number(port),
    endpoint: endpoint ?? '',
  }));
}
