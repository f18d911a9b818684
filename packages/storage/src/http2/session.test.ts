import assert from 'node:assert/strict';
import { constants, createServer, type Http2Server, type ServerHttp2Stream, type ServerOptions } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { encodeHeaders, type Headers } from './hpack.ts';
import { Http2Session } from './session.ts';

interface Answer {
  headers: Headers[];
  body: Buffer;
}

/** A server of Node's own, that sends back what it gets, with `headers`, and the session of a client. */
async function withServer(
  { headers = {}, ...options }: ServerOptions & { headers?: Record<string, string> },
  work: (client: Http2Session, server: Http2Server) => Promise<void>,
): Promise<void> {
  const server = createServer(options);
  server.on('stream', (stream) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      if (stream.destroyed) return;
      stream.respond({ ':status': 200, ...headers }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': 'yes' }));
      stream.end(Buffer.concat(chunks));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new Http2Session({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  try {
    await work(client, server);
  } finally {
    client.destroy();
    server.close();
  }
}

const head = (extra: Headers = {}): Buffer =>
  encodeHeaders({ ':method': 'POST', ':scheme': 'http', ':path': '/', ':authority': 'x', ...extra });

function ask(client: Http2Session, body: Buffer, extra?: Headers): Promise<Answer> {
  const answer: Answer = { headers: [], body: Buffer.alloc(0) };
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    client.open(
      { headers: head(extra), body: [body], end: true },
      {
        headers: (headers) => answer.headers.push(headers),
        data: (chunk) => chunks.push(Buffer.from(chunk)),
        closed: (error) => (error ? reject(error) : resolve({ ...answer, body: Buffer.concat(chunks) })),
      },
    );
  });
}

const random = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) >>> 24));

test('bodies of any size pass windows of any size, many at a time', async () => {
  for (const initialWindowSize of [1, 1000, 65_535, 10_000_000])
    await withServer({ settings: { initialWindowSize, maxFrameSize: 20_000 } }, async (client) => {
      const sizes = initialWindowSize === 1 ? [0, 1, 50] : [0, 1, 999, 1000, 1001, 16_384, 16_385, 65_536, 300_000];
      const answers = await Promise.all(sizes.map((size) => ask(client, random.subarray(0, size))));
      for (const [i, { body, headers }] of answers.entries()) {
        assert.ok(body.equals(random.subarray(0, sizes[i])), `${sizes[i]} bytes through windows of ${initialWindowSize}`);
        assert.deepEqual(headers.at(-1), { 'x-end': 'yes' });
      }
    });
});

test('no more streams are open than the peer allows, and all get their turn', async () => {
  await withServer({ settings: { maxConcurrentStreams: 2 } }, async (client, server) => {
    let most = 0;
    let open = 0;
    server.on('stream', (stream) => {
      most = Math.max(most, ++open);
      stream.on('close', () => open--);
    });
    await ask(client, Buffer.from('settings are known'));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(client, Buffer.from(String(i)))));
    assert.deepEqual(
      answers.map(({ body }) => Number(body)),
      Array.from({ length: 20 }, (_, i) => i),
    );
    assert.ok(most <= 2, `${most} at a time`);
  });
});

test('headers of all bytes and sizes are read, through a table that overflows', async () => {
  const visible = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
  const headers: Record<string, string> = { 'x-all': `a${visible}b`, 'x-long': visible.repeat(250), 'x-empty': '' };
  for (let i = 0; i < 120; i++) headers[`x-name-${i}`] = `${visible.slice(i % 90).trim()}${i}`;
  await withServer({ headers, paddingStrategy: constants.PADDING_STRATEGY_MAX }, async (client) => {
    for (let i = 0; i < 3; i++) {
      const [first = {}] = (await ask(client, Buffer.from('x'))).headers;
      for (const [name, value] of Object.entries(headers)) assert.equal(first[name], value, name);
    }
  });
});

test('headers that are sent arrive, long ones too', async () => {
  await withServer({}, async (client, server) => {
    const got = new Promise((resolve) => server.once('stream', (_, headers) => resolve(headers['x-sent'])));
    await ask(client, Buffer.alloc(0), { 'x-sent': 'v'.repeat(10_000) });
    assert.equal(await got, 'v'.repeat(10_000));
  });
});

test('a peer that goes away finishes what it has begun and takes nothing new', async () => {
  await withServer({}, async (client, server) => {
    const begun = new Promise<ServerHttp2Stream>((resolve) => server.once('stream', resolve));
    const first = ask(client, random);
    (await begun).session?.close();
    assert.ok((await first).body.equals(random));
    while (client.isOpen) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(client.size, 0);
  });
});

test('a peer that speaks something else ends the session and every stream with a reason', async () => {
  const frame = (type: number, payload: Buffer, flags = 0, stream = 1): Buffer =>
    Buffer.concat([Buffer.of(0, payload.length >> 8, payload.length & 255, type, flags, 0, 0, 0, stream), payload]);
  const nonsense: Record<string, Buffer> = {
    http1: Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
    'a push': frame(5, Buffer.alloc(4)),
    'a short number': frame(8, Buffer.of(1)),
    'a header in no table': frame(1, Buffer.of(0xff, 0x00), 4),
    'a header that is cut off': frame(1, Buffer.of(0x40, 5, 65), 4),
    'headers that do not end': Buffer.concat([frame(1, Buffer.of(0x88)), frame(0, Buffer.of(1))]),
    'padding without end': frame(0, Buffer.of(9, 1), 8),
    'no Huffman code': frame(1, Buffer.of(0x40, 0x81, 0x00, 0x00), 4),
  };
  for (const [what, bytes] of Object.entries(nonsense)) {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new Http2Session({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await assert.rejects(ask(client, Buffer.from('x')), Error, what);
    assert.equal(client.isOpen, false, what);
    server.close();
  }
});

const never = (): void => assert.fail('heard of');

test('a stream that is given up is heard of no more, and costs the others nothing', async () => {
  await withServer({}, async (client) => {
    const { cancel } = client.open({ headers: head(), end: false }, { headers: never, data: never, closed: never });
    cancel();
    assert.equal((await ask(client, Buffer.from('y'))).body.toString(), 'y');
    await new Promise<void>((resolve) => client.ping(resolve));
    assert.equal(client.size, 0);
  });
});
