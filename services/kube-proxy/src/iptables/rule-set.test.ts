import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyEndpoint } from '../changes/proxy-endpoint.ts';
import { type ProxyPort, portKey } from '../changes/proxy-port.ts';
import { endpointChain, portChains } from './chain-names.ts';
import { tables } from './chain-text.ts';
import { RuleSetBuilder, type RuleSetContext } from './rule-set.ts';

const context: RuleSetContext = {
  place: { node: 'node-0', zone: '' },
  nodeIP: '10.89.0.1',
  clusterCidr: '10.0.0.0/8',
  nodePortAddresses: undefined,
  localhostNodePorts: true,
  randomFully: false,
};

const port = (change: Partial<ProxyPort> = {}): ProxyPort => ({
  name: 'ns1/svc1:p80',
  service: 'ns1/svc1',
  portName: 'p80',
  protocol: 'tcp',
  clusterIP: '172.30.0.41',
  port: 80,
  nodePort: 0,
  externalIPs: [],
  loadBalancerIPs: [],
  loadBalancerSourceRanges: [],
  internalLocal: false,
  externalLocal: false,
  healthCheckNodePort: 0,
  affinitySeconds: 0,
  ...change,
});

const endpoint = (address: string, change: Partial<ProxyEndpoint> = {}): ProxyEndpoint => ({
  address,
  port: 80,
  ready: true,
  serving: true,
  terminating: false,
  local: false,
  nodeHints: [],
  zoneHints: [],
  ...change,
});

/** The rules of a port's set that name it, or stand in a chain of its own. */
function rulesOf(p: ProxyPort, endpoints: ProxyEndpoint[], with_: Partial<RuleSetContext> = {}): string[] {
  const set = new RuleSetBuilder().build(new Map([[portKey(p), p]]), new Map([[portKey(p), endpoints]]), { ...context, ...with_ });
  const lines = tables.flatMap((table) => [...set.chains(table)].flatMap(([, text]) => text.split('\n').map((line) => `${table} ${line}`)));
  return lines.filter((line) => line.includes(p.name) || line.includes(portChains(p).external.slice('KUBE-EXT-'.length)));
}

test("chain names are upstream's", () => {
  const p = { name: 'ns1/svc1:p80', protocol: 'tcp' } as const;
  assert.equal(portChains(p).cluster, 'KUBE-SVC-XPGD46QRK7WJZT7O');
  assert.equal(endpointChain(p, { address: '10.180.0.1', port: 80 }), 'KUBE-SEP-SXIVWICOYRO3J4NJ');
});

test('a cluster IP with two endpoints: equal chances, masquerade from outside and to oneself', () => {
  const p = port({ name: 'ns4/svc4:p80', clusterIP: '172.30.0.44' });
  assert.deepEqual(rulesOf(p, [endpoint('10.180.0.4'), endpoint('10.180.0.5')]), [
    'nat -A KUBE-SERVICES -m comment --comment "ns4/svc4:p80 cluster IP" -m tcp -p tcp -d 172.30.0.44 --dport 80 -j KUBE-SVC-4SW47YFZTEDKD3PK',
    'nat -A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment "ns4/svc4:p80 cluster IP" -m tcp -p tcp -d 172.30.0.44 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ',
    'nat -A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment "ns4/svc4:p80 -> 10.180.0.4:80" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-UKSFD7AGPMPPLUHC',
    'nat -A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment "ns4/svc4:p80 -> 10.180.0.5:80" -j KUBE-SEP-C6EBXVWJJZMIWKLZ',
    'nat -A KUBE-SEP-UKSFD7AGPMPPLUHC -m comment --comment ns4/svc4:p80 -s 10.180.0.4 -j KUBE-MARK-MASQ',
    'nat -A KUBE-SEP-UKSFD7AGPMPPLUHC -m comment --comment ns4/svc4:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.4:80',
    'nat -A KUBE-SEP-C6EBXVWJJZMIWKLZ -m comment --comment ns4/svc4:p80 -s 10.180.0.5 -j KUBE-MARK-MASQ',
    'nat -A KUBE-SEP-C6EBXVWJJZMIWKLZ -m comment --comment ns4/svc4:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.5:80',
  ]);
});

test('chances of n endpoints are 1/n, 1/(n-1) … and the last takes the rest', () => {
  const rules = rulesOf(
    port(),
    ['1', '2', '3', '4'].map((n) => endpoint(`10.180.0.${n}`)),
  );
  const chances = rules.flatMap((rule) => (rule.includes(' -> ') ? [/--probability (\S+)/.exec(rule)?.[1] ?? 'always'] : []));
  assert.deepEqual(chances, ['0.2500000000', '0.3333333333', '0.5000000000', 'always']);
});

test('a client with affinity goes to its endpoint before any dice', () => {
  const rules = rulesOf(port({ affinitySeconds: 10_800 }), [endpoint('10.180.0.1')]);
  const sep = 'KUBE-SEP-SXIVWICOYRO3J4NJ';
  const back = rules.findIndex((rule) => rule.includes(`-m recent --name ${sep} --rcheck --seconds 10800 --reap -j ${sep}`));
  const dice = rules.findIndex((rule) => rule.endsWith(`"ns1/svc1:p80 -> 10.180.0.1:80" -j ${sep}`));
  assert.ok(back >= 0 && back < dice, rules.join('\n'));
  assert.ok(rules.some((rule) => rule.includes(`-m recent --name ${sep} --set -m tcp -p tcp -j DNAT`)));
});

test('a Service without endpoints is refused everywhere; one without local endpoints is dropped from outside only', () => {
  const visible = port({ nodePort: 3001, externalIPs: ['192.168.99.22'] });
  assert.deepEqual(rulesOf(visible, []), [
    'filter -A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j REJECT',
    'filter -A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 192.168.99.22 --dport 80 -j REJECT',
    'filter -A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 3001 -j REJECT',
  ]);
  const rules = rulesOf({ ...visible, externalLocal: true }, [endpoint('10.180.0.1')]);
  const { cluster, external, local } = portChains(visible);
  assert.deepEqual(
    rules.filter((rule) => rule.startsWith('filter')),
    [
      'filter -A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no local endpoints" -m tcp -p tcp -d 192.168.99.22 --dport 80 -j DROP',
      'filter -A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 3001 -j DROP',
    ],
  );
  assert.deepEqual(
    rules.filter((rule) => rule.startsWith(`nat -A ${external}`)),
    [
      `nat -A ${external} -m comment --comment "pod traffic for ns1/svc1:p80 external destinations" -s 10.0.0.0/8 -j ${cluster}`,
      `nat -A ${external} -m comment --comment "masquerade LOCAL traffic for ns1/svc1:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
      `nat -A ${external} -m comment --comment "route LOCAL traffic for ns1/svc1:p80 external destinations" -m addrtype --src-type LOCAL -j ${cluster}`,
    ],
  );
  assert.ok(!rules.some((rule) => rule.includes(local)));
});

test('node ports masquerade and answer on every local address', () => {
  const rules = rulesOf(port({ nodePort: 3001 }), [endpoint('10.180.0.1')]);
  const { external, cluster } = portChains(port());
  assert.ok(rules.includes(`nat -A KUBE-NODEPORTS -m comment --comment ns1/svc1:p80 -m tcp -p tcp --dport 3001 -j ${external}`));
  assert.ok(
    rules.includes(`nat -A ${external} -m comment --comment "masquerade traffic for ns1/svc1:p80 external destinations" -j KUBE-MARK-MASQ`),
  );
  assert.ok(rules.includes(`nat -A ${external} -j ${cluster}`));
});

test('load-balancer source ranges pass the firewall chain; the rest is dropped', () => {
  const p = port({ name: 'ns5/svc5:p80', loadBalancerIPs: ['5.6.7.8'], loadBalancerSourceRanges: ['203.0.113.0/25', '10.89.0.0/16'] });
  const rules = rulesOf(p, [endpoint('10.180.0.3')]);
  const firewall = 'KUBE-FW-NUKIZ6OKUXPJNT4C';
  assert.deepEqual(
    rules.filter((rule) => rule.includes(firewall)),
    [
      `filter -A KUBE-PROXY-FIREWALL -m comment --comment "ns5/svc5:p80 traffic not accepted by ${firewall}" -m tcp -p tcp -d 5.6.7.8 --dport 80 -j DROP`,
      `nat -A KUBE-SERVICES -m comment --comment "ns5/svc5:p80 loadbalancer IP" -m tcp -p tcp -d 5.6.7.8 --dport 80 -j ${firewall}`,
      `nat -A ${firewall} -m comment --comment "ns5/svc5:p80 loadbalancer IP" -s 203.0.113.0/25 -j KUBE-EXT-NUKIZ6OKUXPJNT4C`,
      `nat -A ${firewall} -m comment --comment "ns5/svc5:p80 loadbalancer IP" -s 10.89.0.0/16 -j KUBE-EXT-NUKIZ6OKUXPJNT4C`,
      `nat -A ${firewall} -m comment --comment "ns5/svc5:p80 loadbalancer IP" -s 5.6.7.8 -j KUBE-EXT-NUKIZ6OKUXPJNT4C`,
      `nat -A ${firewall} -m comment --comment "other traffic to ns5/svc5:p80 will be dropped by KUBE-PROXY-FIREWALL"`,
    ],
  );
});

test('terminating endpoints serve only while no ready one does (KEP-1669), for each policy by itself', () => {
  const draining = endpoint('10.180.0.1', { ready: false, terminating: true, local: true });
  const targets = (p: ProxyPort, endpoints: ProxyEndpoint[]) => ({
    svc: rulesOf(p, endpoints).flatMap((r) => (r.startsWith('nat -A KUBE-SVC') ? (/-> ([\d.]+):/.exec(r)?.[1] ?? []) : [])),
    svl: rulesOf(p, endpoints).flatMap((r) => (r.startsWith('nat -A KUBE-SVL') ? (/-> ([\d.]+):/.exec(r)?.[1] ?? []) : [])),
  });
  const p = port({ nodePort: 3001, externalLocal: true });
  assert.deepEqual(targets(p, [draining, endpoint('10.180.0.2')]), { svc: ['10.180.0.2'], svl: ['10.180.0.1'] });
  assert.deepEqual(targets(p, [draining]), { svc: ['10.180.0.1'], svl: ['10.180.0.1'] });
  assert.deepEqual(targets(p, [{ ...draining, serving: false }]), { svc: [], svl: [] });
});

test('hints are followed where all endpoints have them and one is for us', () => {
  const used = (endpoints: ProxyEndpoint[]) =>
    rulesOf(port(), endpoints, { place: { node: 'node-0', zone: 'z1' } }).flatMap((r) => /-> ([\d.]+):/.exec(r)?.[1] ?? []);
  const near = endpoint('10.180.0.1', { zoneHints: ['z1'] });
  const far = endpoint('10.180.0.2', { zoneHints: ['z2'] });
  assert.deepEqual(used([near, far]), ['10.180.0.1']);
  assert.deepEqual(used([far]), ['10.180.0.2']);
  assert.deepEqual(used([near, endpoint('10.180.0.3')]), ['10.180.0.1', '10.180.0.3']);
  assert.deepEqual(
    used([
      { ...near, nodeHints: ['node-1'] },
      { ...far, nodeHints: ['node-0'] },
    ]),
    ['10.180.0.2'],
  );
});

test('a port that did not change is not built again', () => {
  const builder = new RuleSetBuilder();
  const ports = new Map(Array.from({ length: 2000 }, (_, i) => port({ name: `ns/s${i}` })).map((p) => [portKey(p), p]));
  const endpoints = new Map([...ports.keys()].map((key) => [key, [endpoint('10.180.0.1'), endpoint('10.180.0.2')]]));
  const first = builder.build(ports, endpoints, context);
  const changed = new Map(endpoints).set('ns/s7/tcp', [endpoint('10.180.0.9')]);
  const second = builder.build(ports, changed, context);
  const differing = [...second.chains('nat')].filter(([chain, text]) => first.chains('nat').get(chain) !== text);
  assert.deepEqual(
    differing.map(([chain]) => chain),
    [portChains(port({ name: 'ns/s7' })).cluster, endpointChain(port({ name: 'ns/s7' }), endpoint('10.180.0.9'))],
  );
});
