import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice, Service } from '@t8s/api';
import { EndpointChanges } from './endpoint-changes.ts';
import { proxyPorts } from './proxy-port.ts';
import { ServiceChanges } from './service-changes.ts';
import { staleFlows, udpChanged } from './stale-flows.ts';

const service = (spec: Partial<Service['spec']>, name = 'web'): Service => ({
  metadata: { name, namespace: 'default' },
  spec: { clusterIP: '10.96.0.7', ports: [{ name: 'http', port: 80, protocol: 'TCP' }], ...spec },
});

const slice = (name: string, addresses: string[], change: Partial<EndpointSlice> = {}, conditions = {}): EndpointSlice => ({
  metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: addresses.map((address) => ({ addresses: [address], nodeName: 'a', conditions })),
  ...change,
});

test('Services without a cluster IP of ours are not proxied', () => {
  assert.equal(proxyPorts(service({ clusterIP: 'None' })).length, 0);
  assert.equal(proxyPorts(service({ type: 'ExternalName', clusterIP: '' })).length, 0);
  assert.equal(proxyPorts(service({ clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] })).length, 0);
  assert.equal(proxyPorts(service({ clusterIP: 'fd00::1', clusterIPs: ['fd00::1', '10.96.0.9'] }))[0]?.clusterIP, '10.96.0.9');
});

test('broken source ranges and external policies of cluster-internal Services are ignored', () => {
  const [port] = proxyPorts(
    service({ type: 'LoadBalancer', loadBalancerSourceRanges: [' 10.0.0.0/8', '10.0.0.0/33', 'x'], externalTrafficPolicy: 'Local' }),
  );
  assert.deepEqual(port?.loadBalancerSourceRanges, ['10.0.0.0/8']);
  assert.equal(port?.externalLocal, true);
  assert.equal(proxyPorts(service({ type: 'ClusterIP', externalTrafficPolicy: 'Local' }))[0]?.externalLocal, false);
});

test('what did not change keeps its object; maps handed out stay as they are', () => {
  const changes = new ServiceChanges();
  assert.equal(changes.apply(service({})), true);
  const first = changes.current();
  assert.equal(changes.apply(service({})), false);
  assert.equal(changes.current(), first);
  changes.apply(service({ clusterIP: '10.96.0.8' }, 'api'));
  const second = changes.current();
  assert.deepEqual([...second.keys()], ['default/api:http/tcp', 'default/web:http/tcp']);
  assert.equal(second.get('default/web:http/tcp'), first.get('default/web:http/tcp'));
  changes.remove('default/web');
  assert.deepEqual([...changes.current().keys()], ['default/api:http/tcp']);
  assert.equal(second.size, 2);
});

test('an address in two slices counts once and is ready where one says so', () => {
  const changes = new EndpointChanges('a');
  changes.apply(slice('web-1', ['10.244.0.3', '10.244.0.2'], {}, { ready: false }));
  changes.apply(slice('web-2', ['10.244.0.2']));
  const endpoints = changes.current().get('default/web:http/tcp') ?? [];
  assert.deepEqual(
    endpoints.map(({ address, ready, local }) => [address, ready, local]),
    [
      ['10.244.0.2', true, true],
      ['10.244.0.3', false, true],
    ],
  );
  changes.apply(slice('web-2', ['10.244.0.2']));
  assert.equal(changes.current().get('default/web:http/tcp'), endpoints);
  changes.remove(slice('web-1', []));
  changes.remove(slice('web-2', []));
  assert.equal(changes.current().size, 0);
});

test('slices that are none of ours: other address types, no Service, no valid address', () => {
  const changes = new EndpointChanges('a');
  changes.apply(slice('v6', ['fd00::2'], { addressType: 'IPv6' }));
  changes.apply(slice('orphan', ['10.244.0.2'], { metadata: { name: 'orphan', namespace: 'default' } }));
  assert.equal(changes.current().size, 0);
  changes.apply(slice('odd', ['nonsense', '10.244.0.2']));
  assert.equal(changes.current().get('default/web:http/tcp')?.length, 1);
});

test('UDP flows that end at no endpoint are stale', () => {
  const services = new ServiceChanges();
  const endpoints = new EndpointChanges('a');
  const flow = (to: string, port: number, answer: string): string =>
    `udp      17 25 src=10.244.0.9 dst=${to} sport=40000 dport=${port} [UNREPLIED] src=${answer} dst=10.244.0.9 sport=5353 dport=40000 use=1`;
  const stale = (lines: string[], old = services.current()) =>
    staleFlows(lines.join('\n'), old, { ports: services.current(), endpoints: endpoints.current() }, new Set(['10.89.0.1'])).map(
      ({ destination, port, endpoint }) => `${destination}:${port} ${endpoint}`,
    );
  const live = flow('10.96.0.7', 53, '10.244.0.2');
  const gone = flow('10.96.0.7', 53, '10.244.0.3');
  const untranslated = flow('10.96.0.7', 53, '10.96.0.7');
  const nodePort = flow('10.89.0.1', 30053, '10.244.0.3');
  const foreign = [flow('10.96.0.7', 54, '10.96.0.7'), flow('192.0.2.1', 30053, '192.0.2.1'), flow('9.9.9.9', 53, '9.9.9.9')];

  services.apply(service({ type: 'NodePort', ports: [{ name: 'dns', port: 53, protocol: 'UDP', nodePort: 30053 }] }));
  assert.deepEqual(stale([untranslated, gone, ...foreign]), ['10.96.0.7:53 10.244.0.3']);
  endpoints.apply(slice('web-1', ['10.244.0.2'], { ports: [{ name: 'dns', port: 5353, protocol: 'UDP' }] }));
  assert.deepEqual(stale([live, gone, untranslated, nodePort, ...foreign]), [
    '10.96.0.7:53 10.244.0.3',
    '10.96.0.7:53 10.96.0.7',
    '10.89.0.1:30053 10.244.0.3',
  ]);
  const before = { ports: services.current(), endpoints: endpoints.current() };
  services.remove('default/web');
  assert.deepEqual(stale([live], before.ports), ['10.96.0.7:53 10.244.0.2']);
  assert.equal(udpChanged(before, { ports: services.current(), endpoints: endpoints.current() }), true);
});
