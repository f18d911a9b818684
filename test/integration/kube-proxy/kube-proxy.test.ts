import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EndpointSlice, endpointSliceKind, nodeKind, type Service, serviceKind } from '@t8s/api';
import { Informer } from '@t8s/informer';
import { KernelRules, Proxier, ProxyMetrics } from '@t8s/kube-proxy';
import { silentLogger } from '@t8s/telemetry';
import { eventually, FakeClient } from '@t8s/testkit';
import { TestNetwork } from './test-network.ts';

const [podA, podB] = ['10.244.0.2', '10.244.0.3'];
const clusterIP = '10.96.0.7';
const network = new TestNetwork();
const client = new FakeClient();
const abort = new AbortController();
let rules: KernelRules;
let running: Promise<unknown>;

before(async () => {
  await network.up([podA, podB]);
  for (const rule of [
    '-t nat -A PREROUTING -d 203.0.113.9 -j ACCEPT',
    '-A FORWARD -s 203.0.113.9 -j DROP',
    '-N FOREIGN',
    '-A FOREIGN -j RETURN',
  ])
    await network.text('iptables', rule.split(' '));
  const log = silentLogger;
  rules = new KernelRules({ run: network.run, localhostNodePorts: true });
  const services = new Informer({ client, kind: serviceKind, log });
  const slices = new Informer({ client, kind: endpointSliceKind, log });
  const node = new Informer({ client, kind: nodeKind, log });
  const proxier = new Proxier({
    nodeName: 'node-0',
    services,
    slices,
    node,
    rules,
    run: network.run,
    clusterCidr: '10.244.0.0/16',
    localhostNodePorts: true,
    randomFully: true,
    nodePortFilter: undefined,
    syncPeriod: 300,
    minSyncPeriod: 20,
    metrics: new ProxyMetrics(),
    log,
  });
  running = Promise.all([services, slices, node, proxier].map((part) => part.run(abort.signal)));
});

after(async () => {
  abort.abort();
  await running;
  await network.down();
});

const service = (name: string, spec: Partial<Service['spec']>): Service => ({
  metadata: { name, namespace: 'default' },
  spec: { type: 'NodePort', ports: [{ name: 'http', port: 80, protocol: 'TCP', nodePort: 30080 }], clusterIP, ...spec },
});
const slice = (name: string, addresses: string[], protocol = 'TCP'): EndpointSlice => ({
  metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol }],
  endpoints: addresses.map((address) => ({ addresses: [address], nodeName: 'node-0' })),
});
const save = async (): Promise<string> =>
  (await network.text('iptables-save', [])).replaceAll(/^#.*\n/gm, '').replaceAll(/\[\d+:\d+\]/g, '');
const foreign = ['-A PREROUTING -d 203.0.113.9/32 -j ACCEPT', '-A FORWARD -s 203.0.113.9/32 -j DROP', '-A FOREIGN -j RETURN'];
const pods = (answers: readonly string[]): string[] => [...new Set(answers.map((answer) => answer.split(' ')[0] ?? ''))].sort();

test('cluster IP and node port reach every endpoint, from the host, its loopback and a neighbour', async () => {
  await client.resource(serviceKind).create(service('web', {}));
  await eventually(async () => assert.deepEqual(await network.ask('host', clusterIP, 80), ['ECONNREFUSED']));
  await client.resource(endpointSliceKind).create(slice('web', [podA, podB]));
  await eventually(async () => assert.deepEqual(pods(await network.ask('host', clusterIP, 80, 20)), [podA, podB]));
  assert.deepEqual(pods(await network.ask('host', '127.0.0.1', 30080, 20)), [podA, podB]);
  const outside = await network.ask('neighbour', '192.0.2.1', 30080, 20);
  assert.deepEqual(pods(outside), [podA, podB]);
  assert.deepEqual([...new Set(outside.map((answer) => answer.split(' ')[1]))], ['10.244.0.1'], 'masqueraded');
});

test('a second proxy finds nothing to change, and a second sync writes nothing', async () => {
  const first = await save();
  for (const rule of foreign) assert.ok(first.includes(rule), `${rule} is gone:\n${first}`);
  const metrics = new ProxyMetrics();
  const second = new AbortController();
  const informers = {
    services: new Informer({ client, kind: serviceKind, log: silentLogger }),
    slices: new Informer({ client, kind: endpointSliceKind, log: silentLogger }),
    node: new Informer({ client, kind: nodeKind, log: silentLogger }),
  };
  const proxier = new Proxier({
    nodeName: 'node-0',
    ...informers,
    rules: new KernelRules({ run: network.run, localhostNodePorts: true }),
    run: network.run,
    clusterCidr: '10.244.0.0/16',
    localhostNodePorts: true,
    randomFully: true,
    nodePortFilter: undefined,
    syncPeriod: 50,
    minSyncPeriod: 10,
    metrics,
    log: silentLogger,
  });
  const done = Promise.all([...Object.values(informers), proxier].map((part) => part.run(second.signal)));
  const count = async (): Promise<number> =>
    (await metrics.duration.get()).values.find((v) => v.metricName?.endsWith('_count'))?.value ?? 0;
  await eventually(async () => assert.ok((await count()) >= 1));
  assert.equal(await save(), first);
  const written = (await metrics.written.get()).values[0]?.value;
  await eventually(async () => assert.ok((await count()) >= 3));
  assert.equal((await metrics.written.get()).values[0]?.value, written);
  second.abort();
  await done;
});

test('session affinity keeps a client at its endpoint', async () => {
  await client
    .resource(serviceKind)
    .create(
      service('sticky', { clusterIP: '10.96.0.8', type: 'ClusterIP', sessionAffinity: 'ClientIP', ports: [{ name: 'http', port: 80 }] }),
    );
  await client.resource(endpointSliceKind).create(slice('sticky', [podA, podB]));
  await eventually(async () => assert.match((await network.ask('host', '10.96.0.8', 80))[0] ?? '', /^10\.244/));
  assert.equal(pods(await network.ask('host', '10.96.0.8', 80, 15)).length, 1);
});

test('a UDP client moves on from an endpoint that is gone', async () => {
  const udp = { name: 'http', port: 53, protocol: 'UDP' };
  await client.resource(serviceKind).create(service('dns', { clusterIP: '10.96.0.10', type: 'ClusterIP', ports: [udp] }));
  await client.resource(endpointSliceKind).create(slice('dns', [podA], 'UDP'));
  const ask = network.udpClient('10.96.0.10', 53);
  await eventually(async () => assert.equal(await ask(), podA), 15_000);
  await client.resource(endpointSliceKind).update(slice('dns', [podB], 'UDP'));
  await eventually(async () => assert.equal(await ask(), podB));
});

test('rules that another process flushes come back', async () => {
  for (const command of [['-F'], ['-t', 'nat', '-F'], ['-t', 'nat', '-D', 'PREROUTING', '1']]) {
    await network.text('iptables', command);
    await eventually(async () => assert.match((await network.ask('neighbour', '192.0.2.1', 30080))[0] ?? '', /^10\.244/), 10_000);
  }
  await network.text('sh', ['-c', 'for t in nat filter mangle; do iptables -t $t -F; iptables -t $t -X; done']);
  await eventually(async () => assert.match((await network.ask('neighbour', '192.0.2.1', 30080))[0] ?? '', /^10\.244/), 10_000);
});

test('chains of a Service that is gone are removed; cleanup leaves nothing of ours and everything of others', async () => {
  await client.resource(serviceKind).delete({ namespace: 'default', name: 'web' });
  await eventually(async () => assert.ok(!(await save()).includes('default/web:http')));
  assert.ok((await save()).includes('default/dns:http'));
  await network.text('iptables', ['-A', 'FORWARD', '-s', '203.0.113.9', '-j', 'DROP']);
  abort.abort();
  await running;
  assert.ok((await rules.cleanup()) > 10);
  const left = await save();
  assert.doesNotMatch(left, /KUBE-/);
  assert.ok(left.includes('-A FORWARD -s 203.0.113.9/32 -j DROP'));
  assert.equal(await rules.cleanup(), 0);
});
