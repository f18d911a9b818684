import assert from 'node:assert/strict';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { GrpcChannel, GrpcError } from './grpc-channel.ts';

const frame = (text: string): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text)]);
};

/** What the server does, by path. */
const answers: Record<string, (stream: ServerHttp2Stream) => void> = {
  '/echo': (stream) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.concat(chunks));
    });
  },
  '/refused': (stream) => stream.respond({ ':status': 200, 'grpc-status': '11', 'grpc-message': 'out%20of range' }, { endStream: true }),
  '/proxy': (stream) => stream.respond({ ':status': 502 }, { endStream: true }),
  '/silent': () => undefined,
  '/reset': (stream) => stream.close(2),
  '/pieces': (stream) => {
    stream.respond({ ':status': 200 });
    const bytes = Buffer.concat([frame('one'), frame(''), frame('three'.repeat(1000)), frame('four')]);
    const cut = (at: number): void => {
      if (at >= bytes.length) return;
      stream.write(bytes.subarray(at, at + 1 + (at % 7)));
      setImmediate(cut, at + 1 + (at % 7));
    };
    cut(0);
  },
};
let server: Http2Server;
let channel: GrpcChannel;
const sessions = new Set<ServerHttp2Session>();
before(async () => {
  server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    answers[String(headers[':path'])]?.(stream);
  });
  server.on('session', (session) => sessions.add(session));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  channel = new GrpcChannel({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
after(() => {
  channel.close();
  server.close();
});

const fails = (code: number, words: RegExp) => (error: unknown) =>
  error instanceof GrpcError && error.code === code && words.test(error.message);

test('a message is answered by a message, a megabyte too', async () => {
  const large = Buffer.alloc(1_000_000, 'x');
  const [small, big] = await Promise.all([channel.call('/echo', Buffer.from('hello'), 5000), channel.call('/echo', large, 5000)]);
  assert.equal(small.toString(), 'hello');
  assert.ok(big.equals(large));
});

test("the server's refusal keeps its code and words; what is no gRPC is unavailable", async () => {
  await assert.rejects(channel.call('/refused', Buffer.alloc(0), 5000), fails(11, /^out of range$/));
  await assert.rejects(channel.call('/proxy', Buffer.alloc(0), 5000), fails(14, /502/));
  await assert.rejects(channel.call('/reset', Buffer.alloc(0), 5000), fails(14, /./));
});

test('a call ends at its deadline and leaves the others alone', async () => {
  const [silent, echo] = await Promise.allSettled([
    channel.call('/silent', Buffer.alloc(0), 100),
    channel.call('/echo', Buffer.from('x'), 5000),
  ]);
  assert.ok(silent.status === 'rejected' && fails(4, /100 ms/)(silent.reason));
  assert.equal(echo.status, 'fulfilled');
});

test('messages of a stream come whole, however they are cut', async () => {
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const stream = channel.stream(
      '/pieces',
      {},
      {
        message(bytes) {
          seen.push(bytes.toString());
          if (seen.length < 4) return;
          stream.cancel();
          resolve();
        },
        end: reject,
      },
    );
  });
  assert.deepEqual(seen, ['one', '', 'three'.repeat(1000), 'four']);
});

test('a broken connection ends its streams, and the next call opens another', async () => {
  const ended = new Promise<GrpcError>((resolve) => {
    channel.stream('/silent', {}, { message: () => undefined, end: resolve });
  });
  await channel.call('/echo', Buffer.from('x'), 5000);
  for (const session of sessions) session.destroy();
  assert.equal((await ended).code, 14);
  assert.equal((await channel.call('/echo', Buffer.from('y'), 5000)).toString(), 'y');
});

test('where nobody listens a call fails at once', async () => {
  const nobody = new GrpcChannel({ endpoint: 'http://127.0.0.1:1' });
  const start = Date.now();
  await assert.rejects(nobody.call('/echo', Buffer.alloc(0), 5000), fails(14, /ECONNREFUSED/));
  assert.ok(Date.now() - start < 1000);
});
