/** The names of our chains: upstream's, so that tools that read its rules read ours (pkg/proxy/iptables of kube-proxy). */
import { createHash } from 'node:crypto';
import type { ProxyEndpoint } from '../changes/proxy-endpoint.ts';
import { endpointText } from '../changes/proxy-endpoint.ts';
import type { ProxyPort } from '../changes/proxy-port.ts';

export const chains = {
  services: 'KUBE-SERVICES',
  externalServices: 'KUBE-EXTERNAL-SERVICES',
  nodePorts: 'KUBE-NODEPORTS',
  postrouting: 'KUBE-POSTROUTING',
  markMasq: 'KUBE-MARK-MASQ',
  forward: 'KUBE-FORWARD',
  proxyFirewall: 'KUBE-PROXY-FIREWALL',
  /** The kubelet writes the same chain with the same rule. */
  firewall: 'KUBE-FIREWALL',
  canary: 'KUBE-PROXY-CANARY',
} as const;

/** Chains that belong to a Service's port: never written by anyone else. */
export const servicePrefixes = ['KUBE-SVC-', 'KUBE-SVL-', 'KUBE-EXT-', 'KUBE-FW-', 'KUBE-SEP-'] as const;

export interface PortChains {
  /** Endpoints for the traffic policy Cluster. */
  readonly cluster: string;
  /** Endpoints for the traffic policy Local. */
  readonly local: string;
  /** Where packets for node ports, external and load-balancer addresses enter. */
  readonly external: string;
  /** Sources a load balancer accepts. */
  readonly firewall: string;
}

export function portChains({ name, protocol }: Pick<ProxyPort, 'name' | 'protocol'>): PortChains {
  const hash = hash16(name + protocol);
  return { cluster: `KUBE-SVC-${hash}`, local: `KUBE-SVL-${hash}`, external: `KUBE-EXT-${hash}`, firewall: `KUBE-FW-${hash}` };
}

export function endpointChain({ name, protocol }: Pick<ProxyPort, 'name' | 'protocol'>, endpoint: Pick<ProxyEndpoint, 'address' | 'port'>) {
  return `KUBE-SEP-${hash16(name + protocol + endpointText(endpoint))}`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first 16 digits of the SHA-256 in base32 (RFC 4648): 80 bits. */
function hash16(text: string): string {
  const digest = createHash('sha256').update(text).digest();
  let bits = 0n;
  for (const byte of digest.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte);
  let out = '';
  for (let shift = 75n; shift >= 0n; shift -= 5n) out += alphabet[Number((bits >> shift) & 31n)];
  return out;
}
