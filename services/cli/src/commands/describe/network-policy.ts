/** NetworkPolicies, in sentences. */
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '@t8s/api';
import type { Describer } from './describer.ts';
import type { Description } from './description.ts';
import { formatSelector } from './selector.ts';

interface Rule {
  ports: readonly NetworkPolicyPort[];
  peers: readonly NetworkPolicyPeer[];
}

/** How the two directions are spoken of. */
interface Direction {
  name: 'ingress' | 'egress';
  preposition: 'From' | 'To';
  end: 'source' | 'destination';
}

/** kubectl's word where a rule names nothing; in angle brackets, as `<none>` is. */
const unlimited = `<${'any'}>`;

export const describeNetworkPolicy: Describer<NetworkPolicy> = async ({ object, to }) => {
  const { metadata, spec } = object;
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = spec;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', metadata.namespace);
  to.line(0, 'Created on:', metadata.creationTimestamp?.replace('T', ' ').replace('Z', ' +0000 UTC'));
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  to.line(0, 'Spec:');
  const selected = formatSelector(podSelector);
  const everything = selected === '<none>' ? ' (Allowing the specific traffic to all pods in this namespace)' : '';
  to.line(1, `PodSelector:     ${selected}${everything}`);
  const incoming = ingress.map(({ ports = [], from = [] }) => ({ ports, peers: from }));
  const outgoing = egress.map(({ ports = [], to: peers = [] }) => ({ ports, peers }));
  describeDirection(to, { name: 'ingress', preposition: 'From', end: 'source' }, policyTypes.includes('Ingress') ? incoming : undefined);
  describeDirection(to, { name: 'egress', preposition: 'To', end: 'destination' }, policyTypes.includes('Egress') ? outgoing : undefined);
  to.line(1, `Policy Types: ${policyTypes.join(', ')}`);
};

function describeDirection(to: Description, { name, preposition, end }: Direction, rules: readonly Rule[] | undefined): void {
  if (!rules) {
    to.line(1, `Not affecting ${name} traffic`);
    return;
  }
  to.line(1, `Allowing ${name} traffic:`);
  if (rules.length === 0) to.line(2, `<none> (Selected pods are isolated for ${name} connectivity)`);
  for (const [i, { ports, peers }] of rules.entries()) {
    if (ports.length === 0) to.line(2, `To Port: ${unlimited} (traffic allowed to all ports)`);
    for (const port of ports) to.line(2, portText(port));
    if (peers.length === 0) to.line(2, `${preposition}: ${unlimited} (traffic not restricted by ${end})`);
    for (const peer of peers) {
      to.line(2, `${preposition}:`);
      describePeer(to, peer);
    }
    if (i < rules.length - 1) to.line(2, '----------');
  }
}

const portText = ({ port = '<nil>', endPort, protocol = 'TCP' }: NetworkPolicyPort): string =>
  endPort === undefined ? `To Port: ${port}/${protocol}` : `To Port Range: ${port}-${endPort}/${protocol}`;

function describePeer(to: Description, { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): void {
  if (namespaceSelector) to.line(3, `NamespaceSelector: ${formatSelector(namespaceSelector)}`);
  if (podSelector) to.line(3, `PodSelector: ${formatSelector(podSelector)}`);
  if (namespaceSelector || podSelector || !ipBlock) return;
  to.line(3, 'IPBlock:');
  to.line(4, `CIDR: ${ipBlock.cidr}`);
  to.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`);
}
