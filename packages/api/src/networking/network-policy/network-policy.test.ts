import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from '../../generated/types.ts';
import { networkPolicyKind } from './kind.ts';

const { strategy, columns = [] } = networkPolicyKind;
const of = (spec: NetworkPolicySpec = {}): NetworkPolicy => {
  const policy: NetworkPolicy = { metadata: { name: 'p' }, spec };
  strategy.defaults?.(policy);
  return policy;
};
const messages = (spec: NetworkPolicySpec): string[] => (strategy.validate?.(of(spec)) ?? []).map(fieldErrorMessage);

test('defaults: the directions a policy is about, TCP', () => {
  assert.deepEqual(of().spec, { podSelector: {}, policyTypes: ['Ingress'] });
  assert.deepEqual(of({ egress: [{ ports: [{ port: 53 }] }] }).spec, {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }],
  });
});

test('each rule by an example', () => {
  const ports: [port: NetworkPolicyPort, ...errors: string[]][] = [
    [{ port: 80, endPort: 90 }],
    [{ port: 'http' }],
    [{ protocol: 'X' }, 'protocol: Unsupported value: "X": supported values: "TCP", "UDP", "SCTP"'],
    [{ port: 0 }, 'port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    [{ port: 80, endPort: 79 }, 'endPort: Invalid value: 80: must be greater than or equal to `port`'],
    [{ port: 'a', endPort: 79 }, 'endPort: Invalid value: 79: may not be specified when `port` is non-numeric'],
    [{ endPort: 79 }, 'endPort: Invalid value: 79: may not be specified when `port` is not specified'],
    [{ port: '1' }, 'port: Invalid value: "1": must contain at least one letter (a-z)'],
  ];
  for (const [port, ...errors] of ports)
    assert.deepEqual(
      messages({ ingress: [{ ports: [port] }] }),
      errors.map((error) => `spec.ingress[0].ports[0].${error}`),
    );
  const peers: [peer: Partial<NetworkPolicyPeer>, ...errors: string[]][] = [
    [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
    [{ podSelector: {}, namespaceSelector: {} }],
    [{}, ': Required value: must specify a peer'],
    [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }, ': Forbidden: may not specify both ipBlock and another peer'],
    [{ ipBlock: { cidr: '' } }, '.ipBlock.cidr: Required value'],
    [{ ipBlock: { cidr: 'x' } }, '.ipBlock.cidr: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    [
      { ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } },
      '.ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
    ],
  ];
  for (const [peer, ...errors] of peers)
    assert.deepEqual(
      messages({ egress: [{ to: [peer] }] }),
      errors.map((error) => `spec.egress[0].to[0]${error}`),
    );
  assert.deepEqual(messages({ policyTypes: ['X'] }), [
    'spec.policyTypes[0]: Unsupported value: "X": supported values: "Ingress", "Egress"',
  ]);
});

test('changes are counted; the row', () => {
  const old = of();
  strategy.prepareForCreate?.(old);
  const policy = of({ podSelector: { matchLabels: { a: 'b' } } });
  strategy.prepareForUpdate?.(policy, old);
  assert.equal(policy.metadata.generation, 2);
  assert.deepEqual(
    [old, policy].map((object) => columns[1]?.cell(object, 0)),
    ['<none>', 'a=b'],
  );
});
