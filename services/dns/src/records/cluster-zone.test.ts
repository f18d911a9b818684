import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EndpointSlice, endpointSliceKind, type Service, serviceKind } from '@t8s/api';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import { reverseAddress, undashed } from './address-name.ts';
import { ClusterZone } from './cluster-zone.ts';
import { RecordSource } from './record-source.ts';

const client = new FakeClient();
const abort = new AbortController();
const source = new RecordSource({ client, log: silentLogger });
const zone = new ClusterZone({ source, domain: 'Cluster.Local.', now: () => 5000 });
let running: Promise<void>;

const service = (name: string, spec: Partial<Service['spec']>): Service => ({
  metadata: { name, namespace: 'default' },
  spec: { ports: [{ name: 'http', port: 80, protocol: 'TCP' }], ...spec },
});
const slice = (name: string, endpoints: EndpointSlice['endpoints'], addressType = 'IPv4'): EndpointSlice => ({
  metadata: { name: `${name}-${addressType}`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType,
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints,
});

before(async () => {
  const services = [
    service('web', { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7', 'fd00:96::7'] }),
    service('pets', { clusterIP: 'None' }),
    service('empty', { clusterIP: 'None' }),
    service('far', { type: 'ExternalName', externalName: 'Example.COM.' }),
  ];
  for (const object of services) await client.resource(serviceKind).create(object);
  const slices = [
    slice('web', [{ addresses: ['10.244.0.9'] }]),
    slice('pets', [
      { addresses: ['10.244.0.2'], hostname: 'Rex' },
      { addresses: ['10.244.0.3'] },
      { addresses: ['10.244.0.4'], conditions: { ready: false } },
    ]),
    slice('pets', [{ addresses: ['fd00:244::2'], hostname: 'Rex' }], 'IPv6'),
    slice('empty', [{ addresses: ['10.244.0.5'], conditions: { ready: false } }]),
  ];
  for (const object of slices) await client.resource(endpointSliceKind).create(object);
  running = source.run(abort.signal);
  await source.synced();
});

after(async () => {
  abort.abort();
  await running;
});

/** Data of the answers, or why there are none. */
function ask(name: string, type: string): unknown {
  const lookup = zone.lookup(name, type);
  if (!lookup) return 'elsewhere';
  if (lookup.answers.length === 0) return lookup.exists ? 'NODATA' : 'NXDOMAIN';
  return lookup.answers.map((answer) => answer.data);
}

test('A and AAAA of a Service', () => {
  assert.deepEqual(ask('web.default.svc.cluster.local', 'A'), ['10.96.0.7']);
  assert.deepEqual(ask('web.default.svc.cluster.local', 'AAAA'), ['fd00:96::7']);
  assert.equal(ask('web.default.svc.cluster.local', 'MX'), 'NODATA');
});

test('A of a headless Service and of its endpoints: ready ones only', () => {
  assert.deepEqual(ask('pets.default.svc.cluster.local', 'A'), ['10.244.0.2', '10.244.0.3']);
  assert.deepEqual(ask('rex.pets.default.svc.cluster.local', 'A'), ['10.244.0.2']);
  assert.deepEqual(ask('rex.pets.default.svc.cluster.local', 'AAAA'), ['fd00:244::2']);
  assert.deepEqual(ask('10-244-0-3.pets.default.svc.cluster.local', 'A'), ['10.244.0.3']);
  assert.equal(ask('10-244-0-3.pets.default.svc.cluster.local', 'AAAA'), 'NODATA');
  assert.equal(ask('10-244-0-4.pets.default.svc.cluster.local', 'A'), 'NXDOMAIN');
  assert.equal(ask('empty.default.svc.cluster.local', 'A'), 'NXDOMAIN');
});

test('SRV of named ports, with the addresses of their targets', () => {
  const web = zone.lookup('_http._tcp.web.default.svc.cluster.local', 'SRV');
  assert.deepEqual(
    web?.answers.map(({ data }) => data),
    [{ priority: 0, weight: 100, port: 80, target: 'web.default.svc.cluster.local' }],
  );
  assert.deepEqual(
    web?.additionals.map(({ name, data }) => [name, data]),
    [
      ['web.default.svc.cluster.local', '10.96.0.7'],
      ['web.default.svc.cluster.local', 'fd00:96::7'],
    ],
  );
  const pets = zone.lookup('_http._tcp.pets.default.svc.cluster.local', 'SRV');
  assert.deepEqual(
    pets?.answers.map(({ data }) => data),
    ['rex', '10-244-0-3'].map((host) => ({ priority: 0, weight: 50, port: 8080, target: `${host}.pets.default.svc.cluster.local` })),
  );
  assert.deepEqual(
    pets?.additionals.map(({ data }) => data),
    ['10.244.0.2', 'fd00:244::2', '10.244.0.3'],
  );
  assert.equal(ask('_http._udp.web.default.svc.cluster.local', 'SRV'), 'NXDOMAIN');
  assert.equal(ask('_https._tcp.web.default.svc.cluster.local', 'SRV'), 'NXDOMAIN');
  assert.equal(ask('http.tcp.web.default.svc.cluster.local', 'SRV'), 'NXDOMAIN');
  assert.equal(ask('_http._tcp.web.default.svc.cluster.local', 'A'), 'NODATA');
  assert.equal(ask('_tcp.web.default.svc.cluster.local', 'SRV'), 'NODATA');
});

test('PTR of Services and endpoints; unknown addresses may be known elsewhere', () => {
  assert.deepEqual(ask('7.0.96.10.in-addr.arpa', 'PTR'), ['web.default.svc.cluster.local']);
  assert.deepEqual(ask('2.0.244.10.in-addr.arpa', 'PTR'), ['rex.pets.default.svc.cluster.local']);
  assert.deepEqual(ask('3.0.244.10.in-addr.arpa', 'PTR'), ['10-244-0-3.pets.default.svc.cluster.local']);
  const v6 = `7${'.0'.repeat(19)}.6.9.0.0.0.0.d.f.ip6.arpa`;
  assert.equal(reverseAddress(v6), undefined);
  assert.deepEqual(ask(`7.0.0.0.${'0.'.repeat(20)}6.9.0.0.0.0.d.f.ip6.arpa`, 'PTR'), ['web.default.svc.cluster.local']);
  assert.equal(ask('1.1.168.192.in-addr.arpa', 'PTR'), 'elsewhere');
  assert.equal(ask('999.1.168.192.in-addr.arpa', 'PTR'), 'elsewhere');
});

test('ExternalName is a CNAME that says where to go on', () => {
  const lookup = zone.lookup('far.default.svc.cluster.local', 'A');
  assert.deepEqual([lookup?.answers[0]?.type, lookup?.answers[0]?.data, lookup?.alias], ['CNAME', 'example.com', 'example.com']);
  assert.equal(ask('x.far.default.svc.cluster.local', 'A'), 'NXDOMAIN');
});

test('the schema version, pods by address, the zone itself', () => {
  assert.deepEqual(ask('dns-version.cluster.local', 'TXT'), ['1.1.0']);
  assert.deepEqual(ask('10-244-0-3.default.pod.cluster.local', 'A'), ['10.244.0.3']);
  assert.equal(ask('10-244-0-3.default.pod.cluster.local', 'AAAA'), 'NODATA');
  assert.equal(ask('nonsense.default.pod.cluster.local', 'A'), 'NXDOMAIN');
  assert.equal(undashed('fd00-244--2'), 'fd00:244::2');
  assert.equal(ask('cluster.local', 'A'), 'NODATA');
  assert.deepEqual(ask('cluster.local', 'NS'), ['ns.dns.cluster.local']);
  assert.equal((zone.soa().data as { serial: number }).serial, 5);
});

test('names that only have names below them exist; others do not', () => {
  for (const name of ['svc', 'default.svc', 'pod', 'default.pod', 'dns']) assert.equal(ask(`${name}.cluster.local`, 'A'), 'NODATA', name);
  for (const name of ['other.svc', 'nope.default.svc', 'a.b.c.web.default.svc', 'x'])
    assert.equal(ask(`${name}.cluster.local`, 'A'), 'NXDOMAIN', name);
  assert.equal(ask('notcluster.local', 'A'), 'elsewhere');
});
