import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { podKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { type Client, createClient } from './client.ts';
import { ConnectionError } from './connection-error.ts';

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ client: Client; server: Server }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    client: createClient({
      connection: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' },
      userAgent: 'test/1',
    }),
  };
}

test('paths, queries and headers are those of the API', async () => {
  const seen: string[] = [];
  const { client, server } = await serve((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['content-type'] ?? ''} ${request.headers.authorization}`);
    response.end('{"metadata":{},"items":[]}');
  });
  const pods = client.resource(podKind);
  await pods.list({ labelSelector: 'a=b', limit: 2 });
  await pods.patch({ namespace: 'd', name: 'a/b' }, { type: 'strategic', body: {}, subresource: 'status' });
  assert.deepEqual(seen, [
    'GET /api/v1/pods?labelSelector=a%3Db&limit=2  Bearer t',
    'PATCH /api/v1/namespaces/d/pods/a%2Fb/status application/strategic-merge-patch+json Bearer t',
  ]);
  server.close();
});

test('failures are StatusErrors, the one in the body or one made of the code; no server is a ConnectionError', async () => {
  const { client, server } = await serve((request, response) => {
    response.statusCode = request.url?.includes('gone') ? 404 : 502;
    response.end(
      request.url?.includes('gone')
        ? '{"kind":"Status","reason":"NotFound","message":"pods \\"gone\\" not found","code":404}'
        : 'bad gateway',
    );
  });
  const pods = client.resource(podKind);
  await assert.rejects(pods.get({ namespace: 'd', name: 'gone' }), (e) => isStatus(e, 'NotFound') && e.message === 'pods "gone" not found');
  await assert.rejects(
    pods.get({ namespace: 'd', name: 'x' }),
    (e) => isStatus(e, 'Unknown') && e.code === 502 && e.message === 'bad gateway',
  );
  server.close();
  server.closeAllConnections();
  await assert.rejects(pods.get({ namespace: 'd', name: 'x' }), ConnectionError);
});

test('a watch yields events however the bytes are cut, and throws what ends it', async () => {
  const { client, server } = await serve((_, response) => {
    const text =
      '{"type":"ADDED","object":{"metadata":{"name":"ä"}}}\n{"type":"ERROR","object":{"kind":"Status","reason":"Expired","code":410}}\n';
    const bytes = Buffer.from(text);
    response.write(bytes.subarray(0, 43));
    setImmediate(() => response.end(bytes.subarray(43)));
  });
  const names: (string | undefined)[] = [];
  await assert.rejects(
    async () => {
      for await (const event of client.resource(podKind).watch()) names.push(event.object.metadata.name);
    },
    (e) => isStatus(e, 'Expired'),
  );
  assert.deepEqual(names, ['ä']);
  server.close();
});

test('a server that names a time to come again is asked again; an aborted wait ends', async () => {
  let asked = 0;
  const { client, server } = await serve((_, response) => {
    asked += 1;
    response.writeHead(asked === 1 ? 429 : 200, { 'retry-after': '0.01' }).end('{"metadata":{"name":"x"}}');
  });
  assert.equal((await client.resource(podKind).get({ namespace: 'd', name: 'x' })).metadata.name, 'x');
  assert.equal(asked, 2);
  server.close();

  const busy = await serve((_, response) => response.writeHead(503, { 'retry-after': '60' }).end());
  const signal = AbortSignal.timeout(20);
  await assert.rejects(busy.client.resource(podKind).get({ namespace: 'd', name: 'x' }, { signal }), { name: 'TimeoutError' });
  busy.server.close();
});

test('a watch ends quietly when it is aborted, and with a ConnectionError when the connection breaks', async () => {
  const { client, server } = await serve((request, response) => {
    response.write('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n');
    if (request.url?.includes('timeoutSeconds=1')) setTimeout(() => response.destroy(), 10);
  });
  const abort = new AbortController();
  for await (const event of client.resource(podKind).watch({ signal: abort.signal })) {
    assert.equal(event.object.metadata.name, 'a');
    abort.abort();
  }
  await assert.rejects(async () => {
    for await (const _ of client.resource(podKind).watch({ timeoutSeconds: 1 }));
  }, ConnectionError);
  server.close();
});

test('items of a list say their kind; connections are kept; a request that hit a closing one is sent again', async () => {
  const ports = new Set<number | undefined>();
  const { client, server } = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end('{"metadata":{},"items":[{"metadata":{"name":"a"}}]}');
  });
  for (let i = 0; i < 3; i++) {
    const { items } = await client.resource(podKind).list();
    assert.deepEqual([items[0]?.kind, items[0]?.apiVersion], ['Pod', 'v1']);
  }
  assert.equal(ports.size, 1);
  server.closeAllConnections();
  await client.resource(podKind).list();
  server.close();
  client.close();
});

test('a refused WebSocket says why', async () => {
  const { client, server } = await serve((_, response) => {
    response.writeHead(403).end('{"kind":"Status","reason":"Forbidden","message":"no","code":403}');
  });
  const socket = client.upgrade('/api/v1/namespaces/d/pods/p/exec', ['v5.channel.k8s.io']);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const error = await new Promise((resolve) => socket.once('error', resolve));
  assert.ok(isStatus(error, 'Forbidden'));
  await closed;
  server.close();
});
