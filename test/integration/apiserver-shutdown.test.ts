/** The end of an apiserver that others still use. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { Client } from '@t8s/client';
import { eventually } from '@t8s/testkit';
import { WebSocketServer } from 'ws';
import { type Cluster, startCluster } from './harness.ts';
import { send } from './served-resource.ts';
import { WatchLines } from './watch-lines.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());

const maps = '/api/v1/namespaces/default/configmaps';

test('it says that it goes, serves on for a while, ends watches, and finishes what it has begun', async () => {
  const leaving = await cluster.startApiserver(['--shutdown-delay-duration=1s']);
  const identity = await cluster.pki.client('admin', ['system:masters']);
  const agent = new Agent({ keepAlive: true, ca: cluster.pki.ca, ...identity });
  const ask = (path: string, method = 'GET', headers: Record<string, string | number> = {}): ReturnType<typeof request> =>
    request(`${leaving.url}${path}`, { method, headers, agent });
  const answered = async (asking: ReturnType<typeof request>): Promise<{ code: number | undefined; body: string }> => {
    const [response] = (await once(asking.end(), 'response')) as [IncomingMessage];
    return { code: response.statusCode, body: await text(response) };
  };
  const [watch] = (await once(ask(`${maps}?watch=1`).end(), 'response')) as [IncomingMessage];
  const watched = text(watch);
  const body = JSON.stringify({ metadata: { name: 'late' } });
  const slow = ask(maps, 'POST', { 'content-type': 'application/json', 'content-length': body.length });
  slow.write(body.slice(0, 5));
  const created = once(slow, 'response');
  const ended = leaving.stop();
  const { body: notReady } = await eventually(async () => {
    const answer = await answered(ask('/readyz'));
    assert.equal(answer.code, 500);
    return answer;
  });
  assert.match(notReady, /\[-\]shutdown failed: process is shutting down/);
  assert.equal((await answered(ask('/livez'))).code, 200, 'nobody restarts it');
  assert.equal((await answered(ask(`${maps}?limit=1`))).code, 200, 'it still serves');
  assert.equal(await watched, '', 'the watch ends in order');
  const started = Date.now();
  slow.end(body.slice(5));
  const [response] = (await created) as [IncomingMessage];
  assert.equal(response.statusCode, 201);
  await text(response);
  assert.equal(await ended, 0);
  assert.ok(Date.now() - started < 4000, 'connections that are kept for more keep nobody waiting');
  agent.destroy();
  assert.equal((await cluster.api.admin.request({ method: 'GET', path: `${maps}/late` })).status, 200);
});

test('streams that may go on for ever do not keep it', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  const { client } = await nodeServedBy(server);
  const leaving = await cluster.startApiserver();
  const watching = new WatchLines(leaving.admin, `${maps}?watch=1`);
  const { port } = server.address() as AddressInfo;
  const socket = leaving.admin.upgrade(`/api/v1/nodes/n:${port}/proxy/`, []);
  await once(socket, 'open');
  const closed = once(socket, 'close');
  const started = Date.now();
  assert.equal(await leaving.stop(), 0);
  assert.ok(Date.now() - started < 5000, 'it ends at once');
  await Promise.all([closed, watching.ended]);
  sockets.close();
  server.close();
  client.close();
});

/** A node whose address is this machine's, so that the proxy leads to the server. */
async function nodeServedBy(server: ReturnType<typeof createServer>): Promise<{ client: Client }> {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((found) => found?.family === 'IPv4' && !found.internal)?.address;
  assert.ok(address, 'this machine has an address');
  await once(server.listen(0, address), 'listening');
  const client = await cluster.api.client('admin', ['system:masters']);
  await send(client, 'POST', '/api/v1/nodes', { body: { metadata: { name: 'n' } } });
  const status = { addresses: [{ type: 'InternalIP', address }] };
  await send(client, 'PATCH', '/api/v1/nodes/n/status', { body: { status }, 'content-type': 'application/merge-patch+json' });
  return { client };
}
