/** Requests that are no whole requests: each is answered or cut off, nothing of it is stored, and others are served as before. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { eventually } from '@t8s/testkit';
import { maps, serverForFile } from './server.ts';

const { ask, connection, nothingIsLeft } = serverForFile(['--request-timeout=2s']);

/** An open connection of the administrator's. */
async function dial(): Promise<TLSSocket> {
  const { server, ca, cert, key } = connection();
  const { hostname: host, port } = new URL(server);
  const socket = connect({ host, port: Number(port), ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  await once(socket, 'secureConnect');
  return socket;
}

/** All that the server says to these bytes until it ends the connection. */
async function saidTo(bytes: string | Buffer): Promise<string> {
  const socket = await dial();
  socket.write(bytes);
  return text(socket);
}

const head = (lines: readonly string[]): string => [...lines, 'host: x', '', ''].join('\r\n');
const post = (headers: readonly string[], body: string): string =>
  head([`POST ${maps} HTTP/1.1`, 'content-type: application/json', ...headers]) + body;
const whole = JSON.stringify({ metadata: { name: 'cut' }, data: { a: 'x'.repeat(5000) } });

test('what is no HTTP is answered with 400, and the connection ends', async () => {
  for (const bytes of [
    Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]),
    'HELO x\r\n\r\n',
    head(['GET / HTTP/9.9']),
    head(['GET /api/v1 HTTP/1.1', 'a b: c']),
    post(['content-length: 5', 'content-length: 6'], '{}'),
    post(['content-length: -1'], '{}'),
    post(['content-length: 2', 'transfer-encoding: chunked'], '0\r\n\r\n'),
    post(['transfer-encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'),
  ])
    assert.match(await saidTo(bytes), /^HTTP\/1\.1 400 Bad Request\r\n/, bytes.toString());
  const long = await saidTo(head([`GET /api/v1?${'a'.repeat(2 ** 21)} HTTP/1.1`]));
  assert.match(long, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
});

test('a body that is cut off is not stored', async () => {
  for (const [headers, body] of [
    [[`content-length: ${whole.length}`], whole.slice(0, 3000)],
    [[`content-length: ${whole.length + 10}`], whole],
    [['transfer-encoding: chunked'], `${whole.length.toString(16)}\r\n${whole}`],
  ] as const) {
    const socket = await dial();
    socket.write(post(headers, body));
    socket.destroy();
  }
  // The last of them has been taken in when a later request on a new connection is answered.
  await eventually(async () => assert.equal((await ask({ path: '/readyz' })).code, 200));
  assert.equal((await ask({ path: `${maps}/cut` })).code, 404);
});

test('a client that keeps the rest of its body to itself is told so, and let go', async () => {
  const start = Date.now();
  const said = await saidTo(post([`content-length: ${whole.length}`], whole.slice(0, 3000)));
  assert.match(said, /^HTTP\/1\.1 504 /);
  assert.match(said, /"message":"Timeout: request did not complete within the allotted timeout"/);
  assert.ok(Date.now() - start < 15_000, `${Date.now() - start} ms`);
  assert.equal((await ask({ path: `${maps}/cut` })).code, 404);
});

test('a client that sends its head or its body drop by drop is let go', async () => {
  const drops = { 'the head': 'GET /readyz HTTP/1.1\r\nx: ', 'the body': post([`content-length: ${whole.length}`], '') };
  for (const [what, start] of Object.entries(drops)) {
    const socket = await dial();
    socket.on('error', () => socket.destroy());
    const since = Date.now();
    socket.write(start);
    const drip = setInterval(() => socket.writable && socket.write('x'), 200);
    socket.resume();
    await once(socket, 'close');
    clearInterval(drip);
    assert.ok(Date.now() - since < 15_000, `${what}: ${Date.now() - since} ms`);
  }
});

test('an announced length that is too short ends the connection behind the first request', async () => {
  const said = await saidTo(post(['content-length: 2'], '{}{"metadata":{"name":"cut"}}'));
  assert.match(said, /^HTTP\/1\.1 422 /);
  assert.match(said, /HTTP\/1\.1 400 Bad Request\r\n/);
});

test('plain HTTP on the port for TLS is let go', async () => {
  const { hostname, port } = new URL(connection().server);
  const socket = connectPlain(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => socket.destroy());
  socket.write(head(['GET / HTTP/1.1']));
  await once(socket, 'close');
});

nothingIsLeft();
