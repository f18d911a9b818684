/** The rules of one port of a Service: what it adds to the shared chains, and the chains of its own. Pure. */
import { BlockList } from 'node:net';
import { endpointText, type ProxyEndpoint } from '../changes/proxy-endpoint.ts';
import { isExternal, type ProxyPort } from '../changes/proxy-port.ts';
import { chains, endpointChain, portChains } from './chain-names.ts';
import { ChainText } from './chain-text.ts';
import { chooseEndpoints, type EndpointChoice, type Place } from './endpoint-choice.ts';

export interface RuleContext {
  readonly place: Place;
  /** This node's address; `''` while unknown. */
  readonly nodeIP: string;
  /** The pod network: packets from elsewhere to a cluster IP are masqueraded. `''` where unknown: no such distinction is made. */
  readonly clusterCidr: string;
}

export interface PortRules {
  /** What the port adds to chains that all ports share. */
  readonly shared: ChainText;
  /** Chains of this port alone. */
  readonly own: ChainText;
}

const markMasq = `-j ${chains.markMasq}`;

export function portRules(port: ProxyPort, endpoints: readonly ProxyEndpoint[], context: RuleContext): PortRules {
  const choice = chooseEndpoints(port, endpoints, context.place);
  return { shared: sharedRules(port, choice), own: ownRules(port, choice, context) };
}

/** Packets by their destination to the port's chains; where nothing can answer, refusals. */
function sharedRules(port: ProxyPort, { any, local }: EndpointChoice): ChainText {
  const rules = new ChainText();
  const { name, protocol, nodePort } = port;
  const names = portChains(port);
  const match = `-m ${protocol} -p ${protocol}`;
  const to = (ip: string): string => `${match} -d ${ip} --dport ${port.port}`;
  const usable = (policyLocal: boolean): boolean => (policyLocal ? local.length > 0 : any);
  // No endpoint anywhere is refused at once; none on this node is dropped, as another node may answer.
  const reason = comment(any ? `${name} has no local endpoints` : `${name} has no endpoints`);
  const verdict = any ? '-j DROP' : '-j REJECT';

  if (usable(port.internalLocal)) {
    const chain = port.internalLocal ? names.local : names.cluster;
    rules.add('nat', chains.services, `${comment(`${name} cluster IP`)} ${to(port.clusterIP)} -j ${chain}`);
  } else {
    rules.add('filter', chains.services, `${reason} ${to(port.clusterIP)} ${verdict}`);
  }
  const firewalled = hasFirewall(port, any);
  for (const ip of port.externalIPs) {
    if (any) rules.add('nat', chains.services, `${comment(`${name} external IP`)} ${to(ip)} -j ${names.external}`);
  }
  for (const ip of port.loadBalancerIPs) {
    const chain = firewalled ? names.firewall : names.external;
    if (any) rules.add('nat', chains.services, `${comment(`${name} loadbalancer IP`)} ${to(ip)} -j ${chain}`);
    if (firewalled)
      rules.add('filter', chains.proxyFirewall, `${comment(`${name} traffic not accepted by ${names.firewall}`)} ${to(ip)} -j DROP`);
  }
  if (nodePort !== 0 && any) rules.add('nat', chains.nodePorts, `${comment(name)} ${match} --dport ${nodePort} -j ${names.external}`);
  if (!usable(port.externalLocal)) {
    for (const ip of [...port.externalIPs, ...port.loadBalancerIPs])
      rules.add('filter', chains.externalServices, `${reason} ${to(ip)} ${verdict}`);
    if (nodePort !== 0)
      rules.add('filter', chains.externalServices, `${reason} -m addrtype --dst-type LOCAL ${match} --dport ${nodePort} ${verdict}`);
  }
  if (port.healthCheckNodePort !== 0)
    rules.add(
      'filter',
      chains.nodePorts,
      `${comment(`${name} health check node port`)} -m tcp -p tcp --dport ${port.healthCheckNodePort} -j ACCEPT`,
    );
  return rules;
}

function ownRules(port: ProxyPort, { any, cluster, local }: EndpointChoice, { clusterCidr, nodeIP }: RuleContext): ChainText {
  const rules = new ChainText();
  const names = portChains(port);
  const internal = port.internalLocal ? { chain: names.local, endpoints: local } : { chain: names.cluster, endpoints: cluster };
  if (internal.endpoints.length > 0 && clusterCidr !== '') {
    const to = `-m ${port.protocol} -p ${port.protocol} -d ${port.clusterIP} --dport ${port.port}`;
    rules.add('nat', internal.chain, `${comment(`${port.name} cluster IP`)} ${to} ! -s ${clusterCidr} ${markMasq}`);
  }
  if (any && isExternal(port)) addExternalChain(rules, port, { names, clusterCidr, usable: !port.externalLocal || local.length > 0 });
  if (hasFirewall(port, any)) addFirewallChain(rules, port, nodeIP);
  addEndpointJumps(rules, names.cluster, port, cluster);
  addEndpointJumps(rules, names.local, port, local);
  for (const endpoint of new Set([...cluster, ...local])) addEndpointChain(rules, port, endpoint);
  return rules;
}

interface ExternalChain {
  names: ReturnType<typeof portChains>;
  clusterCidr: string;
  usable: boolean;
}

function addExternalChain(rules: ChainText, port: ProxyPort, { names, clusterCidr, usable }: ExternalChain): void {
  const of = `traffic for ${port.name} external destinations`;
  if (!port.externalLocal) {
    // The endpoint may be on another node: its answer has to come back through this one.
    rules.add('nat', names.external, `${comment(`masquerade ${of}`)} ${markMasq}`);
  } else {
    if (clusterCidr !== '') rules.add('nat', names.external, `${comment(`pod ${of}`)} -s ${clusterCidr} -j ${names.cluster}`);
    const fromHere = '-m addrtype --src-type LOCAL';
    rules.add('nat', names.external, `${comment(`masquerade LOCAL ${of}`)} ${fromHere} ${markMasq}`);
    rules.add('nat', names.external, `${comment(`route LOCAL ${of}`)} ${fromHere} -j ${names.cluster}`);
  }
  if (usable) rules.add('nat', names.external, `-j ${port.externalLocal ? names.local : names.cluster}`);
}

function addFirewallChain(rules: ChainText, port: ProxyPort, nodeIP: string): void {
  const { external, firewall } = portChains(port);
  const accepted = new BlockList();
  for (const range of port.loadBalancerSourceRanges) {
    rules.add('nat', firewall, `${comment(`${port.name} loadbalancer IP`)} -s ${range} -j ${external}`);
    const [address = '', bits] = range.split('/');
    accepted.addSubnet(address, Number(bits));
  }
  // Packets of the node itself to a load balancer's address have that address as their source.
  if (nodeIP !== '' && accepted.check(nodeIP))
    for (const ip of port.loadBalancerIPs) rules.add('nat', firewall, `${comment(`${port.name} loadbalancer IP`)} -s ${ip} -j ${external}`);
  rules.add('nat', firewall, comment(`other traffic to ${port.name} will be dropped by ${chains.proxyFirewall}`));
}

/** A returning client to its endpoint first (affinity); else each endpoint with the same chance: 1/n, 1/(n-1), … , the last always. */
function addEndpointJumps(rules: ChainText, chain: string, port: ProxyPort, endpoints: readonly ProxyEndpoint[]): void {
  const targets = endpoints.map((endpoint) => ({
    text: comment(`${port.name} -> ${endpointText(endpoint)}`),
    chain: endpointChain(port, endpoint),
  }));
  if (port.affinitySeconds > 0) {
    for (const target of targets)
      rules.add(
        'nat',
        chain,
        `${target.text} -m recent --name ${target.chain} --rcheck --seconds ${port.affinitySeconds} --reap -j ${target.chain}`,
      );
  }
  targets.forEach((target, i) => {
    const rest = targets.length - i;
    const chance = rest > 1 ? ` -m statistic --mode random --probability ${(1 / rest).toFixed(10)}` : '';
    rules.add('nat', chain, `${target.text}${chance} -j ${target.chain}`);
  });
}

function addEndpointChain(rules: ChainText, port: ProxyPort, endpoint: ProxyEndpoint): void {
  const chain = endpointChain(port, endpoint);
  const seen = port.affinitySeconds > 0 ? ` -m recent --name ${chain} --set` : '';
  // An endpoint that calls its own Service must not see itself as the source: the answer would not pass through here.
  rules.add('nat', chain, `${comment(port.name)} -s ${endpoint.address} ${markMasq}`);
  rules.add(
    'nat',
    chain,
    `${comment(port.name)}${seen} -m ${port.protocol} -p ${port.protocol} -j DNAT --to-destination ${endpointText(endpoint)}`,
  );
}

const hasFirewall = (port: ProxyPort, any: boolean): boolean =>
  any && port.loadBalancerIPs.length > 0 && port.loadBalancerSourceRanges.length > 0;

const comment = (text: string): string => `-m comment --comment ${text.includes(' ') ? `"${text}"` : text}`;
