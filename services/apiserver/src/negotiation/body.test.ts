import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { endWith, pretty, wantsPretty } from './body.ts';

test('people get indented JSON, programs when they ask for it', () => {
  const asked = (url: string, agent?: string): boolean => wantsPretty({ url, headers: { 'user-agent': agent } } as IncomingMessage);
  assert.equal(asked('/api', 'curl/7.88'), true);
  assert.equal(asked('/api?pretty=false', 'curl/7.88'), false);
  assert.equal(asked('/api', 'kubectl/v1.34'), false);
  assert.equal(asked('/api?limit=1&pretty=true', 'kubectl/v1.34'), true);
  assert.equal(asked('/api?pretty=1'), true);
  assert.equal(asked('/api?prettyx=1'), false);
  assert.equal(pretty('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}');
});

test('big answers are compressed for who takes it', async (t) => {
  const big = Buffer.from('kubernetes '.repeat(20_000));
  const server = createServer((incoming, response) => endWith(response, incoming.url === '/big' ? big : big.subarray(0, 1000)));
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const get = async (path: string, coding?: string): Promise<{ coding: string | undefined; body: Buffer }> => {
    const { port } = server.address() as AddressInfo;
    const headers = coding === undefined ? {} : { 'accept-encoding': coding };
    const [response] = (await once(request({ port, path, headers, agent: false }).end(), 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { coding: response.headers['content-encoding'], body: Buffer.concat(chunks) };
  };
  const compressed = await get('/big', 'deflate, gzip;q=0.8');
  assert.equal(compressed.coding, 'gzip');
  assert.ok(compressed.body.length < big.length / 10 && gunzipSync(compressed.body).equals(big));
  for (const coding of [undefined, 'br', 'gzip;q=0']) assert.ok((await get('/big', coding)).body.equals(big), coding);
  assert.equal((await get('/small', 'gzip')).coding, undefined);
});

test('a huge answer arrives whole, however slowly it is read', async (t) => {
  const huge = Buffer.from(Array.from({ length: 1_000_003 }, (_, i) => (i * 31) & 255));
  const server = createServer((_, response) => endWith(response, huge));
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (method: string): Promise<IncomingMessage> => {
    const [response] = await once(request({ port, method, agent: false }).end(), 'response');
    return response as IncomingMessage;
  };
  const chunks: Buffer[] = [];
  for await (const chunk of await ask('GET')) {
    chunks.push(chunk as Buffer);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(Buffer.concat(chunks).equals(huge));
  const head = await ask('HEAD');
  assert.equal(head.headers['content-length'], String(huge.length));
  head.destroy();
});
