/** The whole rule set from all ports and endpoints. Pure but for its memory of ports that did not change. */
import type { EndpointMap } from '../changes/endpoint-changes.ts';
import type { ProxyEndpoint } from '../changes/proxy-endpoint.ts';
import { type ProxyPort, portKey } from '../changes/proxy-port.ts';
import type { PortMap } from '../changes/service-changes.ts';
import { chains } from './chain-names.ts';
import { ChainText } from './chain-text.ts';
import { type PortRules, portRules, type RuleContext } from './port-rules.ts';

export interface RuleSetContext extends RuleContext {
  /** Addresses of this node that answer on node ports; undefined: every local address. */
  readonly nodePortAddresses: readonly string[] | undefined;
  /** Whether node ports answer on loopback addresses. */
  readonly localhostNodePorts: boolean;
  /** `--random-fully` is known to this machine's iptables. */
  readonly randomFully: boolean;
}

interface Remembered {
  port: ProxyPort;
  endpoints: readonly ProxyEndpoint[];
  rules: PortRules;
}

const masqueradeMark = '0x4000';
const noEndpoints: readonly ProxyEndpoint[] = [];

/** Builds rule sets; a port whose objects are the same (`===`) as the last time is not built again. */
export class RuleSetBuilder {
  #remembered = new Map<string, Remembered>();
  #context: RuleSetContext | undefined;

  build(ports: PortMap, endpoints: EndpointMap, context: RuleSetContext): ChainText {
    const old = context === this.#context ? this.#remembered : new Map<string, Remembered>();
    const kept = new Map<string, Remembered>();
    const set = baseRules(context);
    for (const port of ports.values()) {
      const key = portKey(port);
      const own = endpoints.get(key) ?? noEndpoints;
      const last = old.get(key);
      const entry = last?.port === port && last.endpoints === own ? last : { port, endpoints: own, rules: portRules(port, own, context) };
      kept.set(key, entry);
      set.merge(entry.rules.shared);
      set.merge(entry.rules.own);
    }
    for (const rule of nodePortJumps(context)) set.add('nat', chains.services, rule);
    this.#remembered = kept;
    this.#context = context;
    return set;
  }
}

/** Chains that are there without any Service. */
function baseRules({ localhostNodePorts, randomFully }: RuleSetContext): ChainText {
  const set = new ChainText();
  set.add('mangle', chains.canary);
  for (const chain of [chains.nodePorts, chains.services, chains.externalServices]) set.add('filter', chain);
  const marked = `-m mark --mark ${masqueradeMark}/${masqueradeMark}`;
  const established = '-m conntrack --ctstate RELATED,ESTABLISHED';
  set.add('filter', chains.forward, '-m conntrack --ctstate INVALID -j DROP');
  set.add('filter', chains.forward, `-m comment --comment "kubernetes forwarding rules" ${marked} -j ACCEPT`);
  set.add('filter', chains.forward, `-m comment --comment "kubernetes forwarding conntrack rule" ${established} -j ACCEPT`);
  set.add('filter', chains.proxyFirewall);
  set.add('filter', chains.canary);
  // route_localnet opens loopback addresses to the network (kubernetes #90259); this closes them again.
  if (localhostNodePorts)
    set.add(
      'filter',
      chains.firewall,
      '-m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    );
  set.add('nat', chains.nodePorts);
  set.add('nat', chains.services);
  set.add('nat', chains.postrouting, `-m mark ! --mark ${masqueradeMark}/${masqueradeMark} -j RETURN`);
  // Taken off, so that a packet that passes the stack again (through a tunnel) is not masqueraded twice.
  set.add('nat', chains.postrouting, `-j MARK --xor-mark ${masqueradeMark}`);
  const snat = `-m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE${randomFully ? ' --random-fully' : ''}`;
  set.add('nat', chains.postrouting, snat);
  set.add('nat', chains.markMasq, `-j MARK --or-mark ${masqueradeMark}`);
  set.add('nat', chains.canary);
  return set;
}

function nodePortJumps({ nodePortAddresses, localhostNodePorts }: RuleSetContext): string[] {
  const text = '-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain"';
  if (nodePortAddresses) return nodePortAddresses.map((ip) => `${text} -d ${ip} -j ${chains.nodePorts}`);
  return [`${text} -m addrtype --dst-type LOCAL${localhostNodePorts ? '' : ' ! -d 127.0.0.0/8'} -j ${chains.nodePorts}`];
}
