import { type FieldError, forbiddenField, invalidValue, isPortName, isPortNumber, notSupportedInOrder, required } from '@t8s/meta';
import { cidr, holds, parseCidr } from '../../addresses.ts';
import { invalidBy } from '../../field-checks.ts';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../generated/types.ts';
import { validateLabelSelector } from '../../label-selector.ts';

const protocols = ['TCP', 'UDP', 'SCTP'];
const directions = ['Ingress', 'Egress'];

export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldError[] {
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = spec;
  return [
    ...validateLabelSelector(podSelector, 'spec.podSelector'),
    ...ingress.flatMap(({ ports, from }, i) => validateRule(ports, { name: 'from', peers: from }, `spec.ingress[${i}]`)),
    ...egress.flatMap(({ ports, to }, i) => validateRule(ports, { name: 'to', peers: to }, `spec.egress[${i}]`)),
    ...(policyTypes.length > directions.length
      ? [invalidValue('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes')]
      : policyTypes.flatMap((type, i) =>
          directions.includes(type) ? [] : [notSupportedInOrder(`spec.policyTypes[${i}]`, type, directions)],
        )),
  ];
}

function validateRule(
  ports: readonly NetworkPolicyPort[] = [],
  { name, peers = [] }: { name: string; peers: readonly NetworkPolicyPeer[] | undefined },
  path: string,
): FieldError[] {
  return [
    ...ports.flatMap((port, i) => validatePort(port, `${path}.ports[${i}]`)),
    ...peers.flatMap((peer, i) => validatePeer(peer, `${path}.${name}[${i}]`)),
  ];
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, path: string): FieldError[] {
  const errors =
    protocol === undefined || protocols.includes(protocol) ? [] : [notSupportedInOrder(`${path}.protocol`, protocol, protocols)];
  if (typeof port === 'number') {
    errors.push(...invalidBy(`${path}.port`, port, isPortNumber(port)));
    if (endPort !== undefined && endPort < port)
      errors.push(invalidValue(`${path}.endPort`, port, 'must be greater than or equal to `port`'));
    if (endPort !== undefined) errors.push(...invalidBy(`${path}.endPort`, endPort, isPortNumber(endPort)));
    return errors;
  }
  if (endPort !== undefined) {
    const is = port === undefined ? 'not specified' : 'non-numeric';
    errors.push(invalidValue(`${path}.endPort`, endPort, `may not be specified when \`port\` is ${is}`));
  }
  return port === undefined ? errors : [...errors, ...invalidBy(`${path}.port`, port, isPortName(port))];
}

function validatePeer(peer: NetworkPolicyPeer, path: string): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  return [
    ...validateLabelSelector(podSelector, `${path}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...(ipBlock ? validateBlock(ipBlock, `${path}.ipBlock`) : []),
    ...(podSelector || namespaceSelector || ipBlock ? [] : [required(path, 'must specify a peer')]),
    ...(ipBlock && (podSelector || namespaceSelector) ? [forbiddenField(path, 'may not specify both ipBlock and another peer')] : []),
  ];
}

function validateBlock({ cidr: block = '', except = [] }: IPBlock, path: string): FieldError[] {
  if (block === '') return [required(`${path}.cidr`)];
  const outer = parseCidr(block);
  if (!outer) return cidr(`${path}.cidr`, block);
  return except.flatMap((text, i) => {
    const at = `${path}.except[${i}]`;
    const inner = parseCidr(text);
    if (!inner) return cidr(at, text);
    return holds(outer, inner) ? [] : [invalidValue(at, text, 'must be a strict subset of `cidr`')];
  });
}
