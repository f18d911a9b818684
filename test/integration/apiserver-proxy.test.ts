/** Requests through the apiserver to pods, services and nodes: a backend tells what has reached it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer, request } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Client } from '@t8s/client';
import { WebSocketServer } from 'ws';
import { type Cluster, freePort, startCluster } from './harness.ts';
import { refused, send } from './served-resource.ts';

/** An address of this machine that is not its loopback: nobody is led there. */
const host = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

let cluster: Cluster;
let admin: Client;
let plain: Server;
let tls: Server;
let identity: { cert: string; key: string };
const core = '/api/v1/namespaces/default';
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** What the test tells to send, after the first half of an answer. */
let goOn: (() => void) | undefined;
/** Resolves when nobody waits for the second half any more. */
let ended: Promise<unknown> | undefined;

const backend: RequestListener = async (asked, answer) => {
  const [path = ''] = (asked.url ?? '').split('?');
  if (path === '/moved') answer.writeHead(302, { Location: '/elsewhere?x=1' }).end();
  else if (path === '/page') answer.setHeader('Content-Type', 'text/html; charset=utf-8').end('<a href="/x">ü</a>');
  else if (path === '/packed')
    answer.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(gzipSync('<img src=/i.png>'));
  else if (path === '/halves') {
    answer.write('first ');
    ended = once(answer, 'close');
    goOn = () => answer.end('second');
  } else {
    const { authorization, 'x-forwarded-for': from, 'x-forwarded-uri': uri } = asked.headers;
    const seen = {
      method: asked.method,
      url: asked.url,
      body: await text(asked),
      authorization,
      from,
      uri,
      own: asked.headers['x-own'],
      hop: asked.headers['x-hop'],
    };
    answer
      .writeHead(207, { 'Content-Type': 'application/json', 'X-Backend': 'yes', 'Access-Control-Allow-Origin': '*' })
      .end(JSON.stringify(seen));
  }
};

before(async () => {
  assert.ok(host, 'this machine has an address');
  cluster = await startCluster();
  admin = cluster.api.admin;
  identity = await cluster.pki.client('admin', ['system:masters']);
  plain = createServer(backend);
  tls = createTlsServer(identity, backend);
  const sockets = new WebSocketServer({ server: plain as ReturnType<typeof createServer> });
  sockets.on('connection', (socket, { url }) => socket.on('message', (data) => socket.send(`${url} ${data}`)));
  for (const server of [plain, tls]) await once(server.listen(0, host), 'listening');
  await send(admin, 'POST', `${core}/pods`, {
    body: { metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: portOf(plain) }] }] } },
  });
  await send(admin, 'PATCH', `${core}/pods/web/status`, {
    body: { status: { podIP: host, podIPs: [{ ip: host }] } },
    'content-type': 'application/merge-patch+json',
  });
  const ports = [
    { name: 'http', port: 80 },
    { name: 'tls', port: 443 },
  ];
  await send(admin, 'POST', `${core}/services`, { body: { metadata: { name: 'web' }, spec: { ports } } });
  const targetRef = { kind: 'Pod', namespace: 'default', name: 'web' };
  const subset = {
    addresses: [{ ip: host, targetRef }],
    ports: [
      { name: 'http', port: portOf(plain) },
      { name: 'tls', port: portOf(tls) },
    ],
  };
  await send(admin, 'POST', `${core}/endpoints`, { body: { metadata: { name: 'web' }, subsets: [subset] } });
});
after(async () => {
  for (const server of [plain, tls]) server?.close();
  (plain as ReturnType<typeof createServer>)?.closeAllConnections();
  await cluster.stop();
});

interface Seen {
  method: string;
  url: string;
  body: string;
  authorization?: string;
  from: string;
  uri: string;
  own?: string;
}

/** One request of an administrator, as the wire has it. */
function ask(path: string, method = 'GET', headers: Record<string, string> = {}): ReturnType<typeof request> {
  return request(`${cluster.api.url}${path}`, { method, headers, ca: cluster.pki.ca, agent: false, ...identity });
}
async function answered(asking: ReturnType<typeof request>, body?: string): Promise<{ response: IncomingMessage; text: string }> {
  const [response] = (await once(asking.end(body), 'response')) as [IncomingMessage];
  return { response, text: await text(response.setEncoding('latin1')) };
}

test('a request reaches the pod as it was sent, but for who sent it', async () => {
  const prefix = `${core}/pods/web/proxy`;
  const headers = { authorization: 'Bearer secret', 'x-own': '1', connection: 'x-hop', 'x-hop': '2', 'transfer-encoding': 'chunked' };
  const { response, text: told } = await answered(ask(`${prefix}/a%2Fb/?c=%20`, 'PATCH', headers), 'body');
  const seen = JSON.parse(told) as Seen;
  assert.deepEqual(seen, { method: 'PATCH', url: '/a%2Fb/?c=%20', body: 'body', from: '127.0.0.1', uri: `${prefix}/a%2Fb/`, own: '1' });
  assert.deepEqual(
    [response.statusCode, response.headers['x-backend'], response.headers['access-control-allow-origin']],
    [207, 'yes', undefined],
  );
  for (const method of ['DELETE', 'PUT', 'OPTIONS'])
    assert.equal((JSON.parse((await answered(ask(`${prefix}/`, method))).text) as Seen).method, method);
});

test('services are reached by the names and numbers of their ports, with TLS where it is asked for', async () => {
  for (const id of ['web:http', 'web:80', 'http:web:http', 'https:web:tls', 'https:web:443']) {
    const { status, json } = await send<Seen>(admin, 'GET', `${core}/services/${id}/proxy/x`);
    assert.deepEqual([status, json.url], [207, '/x'], id);
  }
});

test('an answer comes piece by piece', async () => {
  const [response] = (await once(ask(`${core}/services/web:http/proxy/halves`).end(), 'response')) as [IncomingMessage];
  const [first] = (await once(response.setEncoding('utf8'), 'data')) as [string];
  assert.equal(first, 'first ');
  goOn?.();
  assert.equal(await text(response), 'second');
});

test('a client that goes takes its request to the backend with it', async () => {
  const asking = ask(`${core}/services/web:http/proxy/halves`);
  const [response] = (await once(asking.end(), 'response')) as [IncomingMessage];
  await once(response, 'data');
  const gone = ended;
  asking.destroy();
  response.on('error', () => undefined);
  await gone;
});

test('links lead back through the apiserver', async () => {
  const prefix = `${core}/services/web:http/proxy`;
  const root = (await answered(ask(`${prefix}?a=b`))).response;
  assert.deepEqual([root.statusCode, root.headers.location], [301, `${prefix}/?a=b`]);
  const moved = (await answered(ask(`${prefix}/moved`))).response;
  assert.deepEqual([moved.statusCode, moved.headers.location], [302, `${prefix}/elsewhere?x=1`]);
  const page = await answered(ask(`${prefix}/page`));
  assert.equal(Buffer.from(page.text, 'latin1').toString(), `<a href="${prefix}/x">ü</a>`);
  const packed = await answered(ask(`${prefix}/packed`));
  assert.equal(gunzipSync(Buffer.from(packed.text, 'latin1')).toString(), `<img src="${prefix}/i.png">`);
  assert.equal((await answered(ask(`${prefix}/page`, 'HEAD'))).text, '');
});

test('web sockets go through', async () => {
  const socket = admin.upgrade(`${core}/services/web:http/proxy/ws?q=1`, []);
  await once(socket, 'open');
  socket.send('hello');
  const [data] = (await once(socket, 'message')) as [Buffer];
  assert.equal(data.toString(), '/ws?q=1 hello');
  socket.close();
  await once(socket, 'close');
});

test('a node is reached on any of its ports', async () => {
  await send(admin, 'POST', '/api/v1/nodes', { body: { metadata: { name: 'n' } } });
  await send(admin, 'PATCH', '/api/v1/nodes/n/status', {
    body: { status: { addresses: [{ type: 'InternalIP', address: host }], daemonEndpoints: { kubeletEndpoint: { Port: 1 } } } },
    'content-type': 'application/merge-patch+json',
  });
  const { json } = await send<Seen>(admin, 'GET', `/api/v1/nodes/n:${portOf(plain)}/proxy/stats`);
  assert.equal(json.url, '/stats');
  const { code, message } = await refusedOnce('/api/v1/nodes/n/proxy/healthz');
  assert.deepEqual([code, message], [503, `error trying to reach service: dial tcp ${host}:1: connect: connection refused`]);
  // Nor do its kubelet's logs come.
  const metadata = { name: 'silent' };
  await send(admin, 'POST', `${core}/pods`, { body: { metadata, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'x' }] } } });
  const log = await refusedOnce(`${core}/pods/silent/log`);
  const why = `Get "https://${host}:1/containerLogs/default/silent/c": dial tcp ${host}:1: connect: connection refused`;
  assert.deepEqual([log.code, log.message], [500, why]);
});

/** The client asks again where the server says when: here its first answer counts. */
async function refusedOnce(path: string): Promise<{ code: number; message: string }> {
  const { text: told } = await answered(ask(path));
  return JSON.parse(told) as { code: number; message: string };
}

test('what leads nowhere says why', async () => {
  await send(admin, 'POST', `${core}/services`, { body: { metadata: { name: 'bare' }, spec: { ports: [{ port: 80 }] } } });
  await send(admin, 'POST', `${core}/endpoints`, { body: { metadata: { name: 'bare' }, subsets: [] } });
  const closed = await freePort();
  const cases: [path: string, code: number, message: string][] = [
    [`${core}/services/none/proxy/`, 404, 'services "none" not found'],
    [`${core}/services/bare/proxy/`, 503, 'no endpoints available for service "bare"'],
    [`${core}/services/web:81/proxy/`, 503, 'no service port 81 found for service "web"'],
    [`${core}/services/web:grpc/proxy/`, 503, 'no endpoints available for service "web:grpc"'],
    [`${core}/services/a:b:c:d/proxy/`, 400, 'invalid service request "a:b:c:d"'],
    [`${core}/pods/web:${closed}/proxy/`, 503, `error trying to reach service: dial tcp ${host}:${closed}: connect: connection refused`],
  ];
  for (const [path, code, message] of cases) {
    const seen = await refusedOnce(path);
    assert.deepEqual([seen.code, seen.message], [code, message]);
  }
  await send(admin, 'PATCH', `${core}/pods/web/status`, {
    body: { status: { podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] } },
    'content-type': 'application/merge-patch+json',
  });
  assert.equal((await refused(admin, 'GET', `${core}/pods/web/proxy/`)).message, 'address not allowed');
  assert.equal((await refusedOnce(`${core}/services/web:http/proxy/`)).message, 'no endpoints available for service "web:http"');
});
