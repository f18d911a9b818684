import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { type EndpointSlice, endpointSliceKind, serviceKind } from '@t8s/api';
import { silentLogger } from '@t8s/telemetry';
import { eventually, FakeClient } from '@t8s/testkit';
import { type Answer, decode, encode, type OptAnswer, type Packet, type RecordType } from 'dns-packet';
import { DnsMetrics } from '../metrics.ts';
import { ClusterZone } from '../records/cluster-zone.ts';
import { RecordSource } from '../records/record-source.ts';
import { DnsServer } from './dns-server.ts';
import { Forwarder } from './forwarder.ts';
import { Resolver } from './resolver.ts';
import { frame, Unframer } from './tcp-frame.ts';

const client = new FakeClient();
const abort = new AbortController();
const log = silentLogger;
const source = new RecordSource({ client, log });
const zone = new ClusterZone({ source, domain: 'cluster.local' });
/** Stands in for the machine's resolver: counts what it is asked, answers 192.0.2.1 to everything but silence. */
const upstream = createSocket('udp4');
const asked: string[] = [];
let forwarder: Forwarder;
let resolver: Resolver;
let server: DnsServer;
let port: number;
let running: Promise<void>;

const opt = (udpPayloadSize: number, ednsVersion = 0): OptAnswer =>
  ({ type: 'OPT', name: '.', udpPayloadSize, extendedRcode: 0, ednsVersion, flags: 0, flag_do: false, options: [] }) as OptAnswer & {
    options: [];
  };
const question = (name: string, type: RecordType, additionals: Answer[] = [], id = 77): Buffer =>
  encode({ type: 'query', id, flags: 256, questions: [{ name, type }], additionals });
type Reply = ReturnType<typeof decode> & { rcode: string };

before(async () => {
  upstream.bind(0, '127.0.0.1');
  await once(upstream, 'listening');
  upstream.on('message', (message, from) => {
    const packet = decode(message);
    const name = packet.questions?.[0]?.name ?? '';
    asked.push(name);
    if (name === 'silent.test') return;
    const answers: Packet['answers'] = [{ type: 'A', name, ttl: 60, data: '192.0.2.1' }];
    upstream.send(encode({ type: 'response', id: packet.id, flags: 128, questions: packet.questions, answers }), from.port, from.address);
  });
  forwarder = new Forwarder({ upstreams: [{ address: '127.0.0.1', port: upstream.address().port }], timeout: 100 });
  resolver = new Resolver({ zone, forwarder, log });
  server = new DnsServer({ resolver, address: '127.0.0.1', port: 0, metrics: new DnsMetrics(), log });
  port = await server.listen();

  const ports = [{ name: 'http', port: 80 }];
  const meta = (name: string) => ({ name, namespace: 'default' });
  for (const spec of [{ clusterIP: '10.96.0.7' }])
    await client.resource(serviceKind).create({ metadata: meta('web'), spec: { ...spec, ports } });
  await client.resource(serviceKind).create({ metadata: meta('crowd'), spec: { clusterIP: 'None', ports } });
  await client.resource(serviceKind).create({ metadata: meta('far'), spec: { type: 'ExternalName', externalName: 'target.test' } });
  const many: EndpointSlice = {
    metadata: { ...meta('crowd-1'), labels: { 'kubernetes.io/service-name': 'crowd' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 80 }],
    endpoints: Array.from({ length: 100 }, (_, i) => ({ addresses: [`10.244.1.${i}`] })),
  };
  await client.resource(endpointSliceKind).create(many);
});

after(async () => {
  server.close();
  forwarder.close();
  upstream.close();
  abort.abort();
  await running;
});

async function overUdp(message: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4');
  socket.send(message, port, '127.0.0.1');
  const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(3000) })) as [Buffer];
  socket.close();
  return answer;
}

async function overTcp(...messages: Buffer[]): Promise<Reply[]> {
  const socket = connect(port, '127.0.0.1');
  const answers: Reply[] = [];
  const unframer = new Unframer((message) => answers.push(decode(message) as Reply));
  socket.on('data', (chunk) => unframer.push(chunk));
  for (const message of messages) socket.write(frame(message));
  await eventually(() => assert.equal(answers.length, messages.length));
  socket.destroy();
  return answers;
}

const ask = async (name: string, type: RecordType, additionals: Answer[] = []): Promise<Reply> =>
  decode(await overUdp(question(name, type, additionals))) as Reply;

test('before the first lists are here, names of the cluster fail rather than be denied', async () => {
  assert.equal((await ask('web.default.svc.cluster.local', 'A')).rcode, 'SERVFAIL');
  running = source.run(abort.signal);
  await source.synced();
  assert.equal((await ask('web.default.svc.cluster.local', 'A')).rcode, 'NOERROR');
});

test('an answer repeats id and question, says who it is from, and names in any case are the same', async () => {
  const answer = await ask('WEB.Default.svc.cluster.LOCAL', 'A');
  assert.deepEqual([answer.id, answer.flag_qr, answer.flag_aa, answer.flag_rd, answer.flag_ra], [77, true, true, true, true]);
  assert.equal(answer.questions?.[0]?.name, 'WEB.Default.svc.cluster.LOCAL');
  assert.deepEqual(
    answer.answers?.map((record) => 'data' in record && record.data),
    ['10.96.0.7'],
  );
});

test('negative answers carry the SOA', async () => {
  for (const [name, type, rcode] of [
    ['nope.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['web.default.svc.cluster.local', 'AAAA', 'NOERROR'],
  ] as const) {
    const answer = await ask(name, type);
    assert.deepEqual([answer.rcode, answer.answers?.length, answer.authorities?.[0]?.type], [rcode, 0, 'SOA']);
  }
});

test('answers too long for UDP are cut and say so; EDNS and TCP take more', async () => {
  const bytes = await overUdp(question('crowd.default.svc.cluster.local', 'A'));
  assert.ok(bytes.length <= 512);
  const short = decode(bytes);
  assert.equal(short.flag_tc, true);
  assert.ok((short.answers?.length ?? 0) > 20, `${short.answers?.length} answers`);
  const edns = await ask('crowd.default.svc.cluster.local', 'A', [opt(4096)]);
  assert.deepEqual([edns.flag_tc, edns.answers?.length, edns.additionals?.[0]?.type], [false, 100, 'OPT']);
  const [tcp] = await overTcp(question('crowd.default.svc.cluster.local', 'A'));
  assert.deepEqual([tcp?.flag_tc, tcp?.answers?.length], [false, 100]);
});

test('several questions on one TCP connection', async () => {
  const answers = await overTcp(...[1, 2, 3].map((id) => question('web.default.svc.cluster.local', 'A', [], id)));
  assert.deepEqual(answers.map(({ id }) => id).sort(), [1, 2, 3]);
});

test('other names are asked upstream, once while the answer is fresh; silence fails', async () => {
  const first = await ask('www.test', 'A');
  const second = await ask('www.test', 'A');
  assert.deepEqual([first.id, first.flag_aa, first.answers?.length], [77, false, 1]);
  assert.deepEqual(second.answers, first.answers);
  assert.equal(asked.filter((name) => name === 'www.test').length, 1);
  assert.equal((await ask('silent.test', 'A')).rcode, 'SERVFAIL');
  assert.equal(asked.filter((name) => name === 'silent.test').length, 2);
});

test('an ExternalName is answered with its target and the target with its address', async () => {
  const answer = await ask('far.default.svc.cluster.local', 'A');
  assert.deepEqual(answer.answers?.map((record) => [record.type, record.name, 'data' in record && record.data]).sort(), [
    ['A', 'target.test', '192.0.2.1'],
    ['CNAME', 'far.default.svc.cluster.local', 'target.test'],
  ]);
});

test('what is no query of ours: other opcodes, EDNS versions, zone transfers', async () => {
  const notify = question('cluster.local', 'SOA');
  notify.writeUInt16BE(notify.readUInt16BE(2) | (4 << 11), 2);
  assert.equal((decode(await overUdp(notify)) as Reply).rcode, 'NOTIMP');
  assert.equal((await ask('cluster.local', 'AXFR')).rcode, 'NOTIMP');
  const version = await ask('cluster.local', 'SOA', [opt(1232, 1)]);
  assert.equal((version.additionals as OptAnswer[])[0]?.extendedRcode, 1);
});

test('upstream servers that lead back here are noticed', async () => {
  const mirror = createSocket('udp4').bind(0, '127.0.0.1');
  await once(mirror, 'listening');
  const toSelf = new Forwarder({ upstreams: [{ address: '127.0.0.1', port: mirror.address().port }], timeout: 200 });
  const looping = new Resolver({ zone, forwarder: toSelf, log });
  mirror.on('message', (message, from) => {
    void looping.resolve(message, 'udp').then((result) => result && mirror.send(result.answer, from.port, from.address));
  });
  await looping.detectLoop();
  const result = await looping.resolve(question('www.test', 'A'), 'udp');
  assert.equal(result && (decode(result.answer) as Reply).rcode, 'REFUSED');
  toSelf.close();
  mirror.close();
});

/** Numerical Recipes' generator: the same bytes in every run. */
function* noise(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

test('no packet, however broken, keeps the server from answering the next', async () => {
  const random = noise(42);
  const next = (below: number): number => (random.next().value as number) % below;
  // Names that come of the noise must not leave the machine.
  const alone = new Resolver({ zone, forwarder: new Forwarder({ upstreams: [] }), log });
  const good = question('web.default.svc.cluster.local', 'A', [opt(1232)]);
  for (let i = 0; i < 20_000; i++) {
    const packet = Buffer.from(i % 3 === 0 ? Buffer.alloc(next(64)) : good.subarray(0, 1 + next(good.length)));
    for (let j = next(8); j >= 0 && packet.length > 0; j--) packet[next(packet.length)] = next(256);
    await alone.resolve(packet, i % 2 === 0 ? 'udp' : 'tcp');
  }
  const bombs = [
    Buffer.alloc(0),
    Buffer.from([1, 2, 3]),
    Buffer.concat([question('a.test', 'A').subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]),
    Buffer.concat([good.subarray(0, 4), Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), Buffer.alloc(400, 63)]),
  ];
  const socket = createSocket('udp4');
  for (const bomb of bombs) socket.send(bomb, port, '127.0.0.1');
  const tcp = connect(port, '127.0.0.1');
  tcp.on('error', () => undefined);
  tcp.write(Buffer.alloc(5000, 0xff));
  assert.equal((await ask('web.default.svc.cluster.local', 'A')).rcode, 'NOERROR');
  assert.equal((await overTcp(good)).length, 1);
  socket.close();
  tcp.destroy();
});
