import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { encodeFrame } from './frame-writer.ts';
import { encodeHeaders } from './header-block.ts';
import { HeaderCompressor } from './header-compression.ts';
import { SpdyError, StreamReset } from './spdy-error.ts';
import { type SessionOptions, SpdySession } from './spdy-session.ts';
import type { SpdyStream } from './spdy-stream.ts';
import { duplexPair } from './test-duplex-pair.ts';
import { RawPeer } from './test-raw-peer.ts';

type FlowControl = SessionOptions['flowControl'];
const data = new Map([['streamtype', 'data']]);

function sessions(flowControl: FlowControl, onStream: (stream: SpdyStream) => void): [SpdySession, SpdySession] {
  const [a, b] = duplexPair();
  const refuse = (stream: SpdyStream): void => stream.reset(3, 'not here');
  return [
    new SpdySession({ transport: a, role: 'client', flowControl, onStream: refuse }),
    new SpdySession({ transport: b, role: 'server', flowControl, onStream }),
  ];
}

async function read(stream: SpdyStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

for (const flowControl of ['windows', 'transport'] as const) {
  test(`${flowControl}: 3 MB there and back on each of three streams at a time; each half is closed by itself`, {
    timeout: 20_000,
  }, async () => {
    const [client, server] = sessions(flowControl, (stream) => {
      stream.reply(new Map([['echo', stream.headers.get('streamtype') ?? '']]));
      stream.pipe(stream);
    });
    await Promise.all(
      [1, 2, 3].map(async () => {
        const stream = client.open(data);
        const bytes = randomBytes(3_000_000);
        const [reply] = await once(stream, 'reply');
        assert.deepEqual(reply, new Map([['echo', 'data']]));
        stream.end(bytes);
        assert.equal(sha(await read(stream)), sha(bytes));
      }),
    );
    await new Promise(setImmediate);
    assert.deepEqual([client.streamCount, server.streamCount], [0, 0]);
    client.close();
    await Promise.all([client, server].map(({ signal }) => signal.aborted || once(signal, 'abort')));
  });

  test(`${flowControl}: streams go on while one is not read`, { timeout: 20_000 }, async () => {
    const [client] = sessions(flowControl, (stream) => {
      stream.reply();
      if (stream.headers.get('streamtype') === 'data') stream.pipe(stream);
    });
    client.open(new Map([['streamtype', 'stuck']])).write(Buffer.alloc(flowControl === 'windows' ? 30_000 : 1_000_000));
    const stream = client.open(data);
    stream.end(Buffer.alloc(1_000_000));
    assert.equal((await read(stream)).length, 1_000_000);
  });

  test(`${flowControl}: a reader that waits makes the writer wait, not the memory grow`, { timeout: 20_000 }, async () => {
    let accepted: SpdyStream | undefined;
    const [client] = sessions(flowControl, (stream) => {
      stream.reply();
      accepted = stream;
    });
    const stream = client.open(data);
    let written = 0;
    const chunk = Buffer.alloc(16 * 1024);
    const write = (): void => {
      while (written < 20_000_000 && !stream.destroyed) {
        written += chunk.length;
        if (!stream.write(chunk)) return void stream.once('drain', write);
      }
      stream.end();
    };
    write();
    for (let i = 0; i < 200; i++) await new Promise(setImmediate);
    assert.ok(written < (flowControl === 'windows' ? 500_000 : 3_000_000), `${written} bytes were taken`);
    assert.ok(accepted);
    assert.equal((await read(accepted)).length, written);
    assert.ok(written >= 20_000_000);
  });
}

test('a peer that goes while it is not read is noticed by a ping', async () => {
  const clock = new FakeClock();
  const peer = new RawPeer({ clock });
  peer.synStream(1);
  for (let i = 0; i < 40; i++) peer.write(encodeFrame({ type: 'data', streamId: 1, fin: false, data: Buffer.alloc(64 * 1024) }));
  await peer.untilQuiet();
  await clock.advance(25_000);
  const [, ...said] = await peer.frames(3);
  assert.deepEqual(said, [
    { type: 'ping', id: 2 },
    { type: 'ping', id: 4 },
  ]);
  peer.streams[0]?.destroy();
  assert.equal(clock.pending, 0);
});

test('a reset is heard by the other side only as the end of that stream', async () => {
  const [client, server] = sessions('transport', (stream) => {
    stream.reply();
    stream.reset(5, 'enough');
  });
  const stream = client.open(data);
  const [error] = await once(stream, 'error');
  assert.ok(error instanceof StreamReset && error.status === 5, String(error));
  assert.equal(server.streamCount, 0);
  assert.equal(client.signal.aborted, false);
});

test('streams beyond the limit are refused; the session goes on', async () => {
  const peer = new RawPeer({ maxStreams: 2 });
  for (const id of [1, 3, 5]) peer.synStream(id);
  assert.deepEqual(await peer.frames(3), [
    { type: 'synReply', streamId: 1, fin: false },
    { type: 'synReply', streamId: 3, fin: false },
    { type: 'rstStream', streamId: 5, status: 3 },
  ]);
});

test('pings of the peer are answered, answers are not', async () => {
  const peer = new RawPeer();
  peer.send('80030006 00000004 00000002', '80030006 00000004 00000007');
  assert.deepEqual(await peer.frames(1), [{ type: 'ping', id: 7 }]);
});

test('a session that is closed delivers what was written, and hangs up when the peer does not', async () => {
  const clock = new FakeClock();
  const peer = new RawPeer({ clock });
  peer.synStream(1);
  await peer.frames(1);
  peer.streams[0]?.end('all of it');
  await new Promise(setImmediate);
  peer.session.close();
  const [, ...said] = await peer.frames(4);
  assert.deepEqual(said, [
    { type: 'data', streamId: 1, fin: false, data: Buffer.from('all of it') },
    { type: 'data', streamId: 1, fin: true, data: Buffer.alloc(0) },
    { type: 'goAway', lastStreamId: 1, status: 0 },
  ]);
  assert.equal(peer.session.signal.aborted, false);
  await clock.advance(60_000);
  await peer.closed;
  assert.ok(peer.session.signal.aborted);
});

const violations: Record<string, { send: string[]; reset: number }> = {
  'data of a stream that never was': { send: ['00000009 00000001 61'], reset: 2 },
  'data after the end': { send: ['00000001 01000000', '00000001 00000001 61'], reset: 9 },
  'a reply to a stream that the peer opened itself': { send: [`80030002 00000004 00000001`], reset: 8 },
  'a window of more than 2 GiB': { send: ['80030009 00000008 00000001 7fffffff'], reset: 7 },
};
for (const [name, { send, reset }] of Object.entries(violations)) {
  test(`resets the stream: ${name}`, async () => {
    const peer = new RawPeer({ flowControl: 'windows' });
    peer.synStream(1);
    const compressed = send.map((hex) => (hex.startsWith('80030002') ? peer.headersFrame(2, 1) : hex));
    peer.send(...compressed);
    const [, answer] = await peer.frames(2);
    assert.equal(answer?.type === 'rstStream' && answer.status, reset, JSON.stringify(answer));
    assert.equal(peer.session.signal.aborted, false);
  });
}

test('ends the session: more data than its window, where windows are kept', async () => {
  const peer = new RawPeer({ flowControl: 'windows' });
  peer.synStream(1);
  peer.synStream(3);
  for (const streamId of [1, 3]) peer.write(encodeFrame({ type: 'data', streamId, fin: false, data: Buffer.alloc(66_000) }));
  const said = await peer.untilClosed();
  assert.deepEqual(said.slice(2), [{ type: 'goAway', lastStreamId: 3, status: 1 }]);
  assert.match(String(peer.session.signal.reason), /^SpdyError: more data than the session's window$/);
});

const fatal: Record<string, { send: (peer: RawPeer) => string[]; reason: RegExp }> = {
  'a stream number of the other side': { send: (p) => [p.headersFrame(1, 2)], reason: /^stream 2 can't be opened now$/ },
  'a stream number that was there': { send: (p) => [p.headersFrame(1, 3), p.headersFrame(1, 3)], reason: /^stream 3 can't/ },
  'headers that no one compressed': { send: () => ['80030001 0000000c 00000001 00000000 0000 abcd'], reason: /dictionary$/ },
  'a control frame of 16 MiB': { send: () => ['80030001 00ffffff'], reason: /^a control frame of 16777215 bytes$/ },
  'headers of 10 MB in a small frame': {
    send: () => {
      const block = new HeaderCompressor().compress(encodeHeaders(new Map([['a', 'a'.repeat(10_000_000)]])));
      return [
        encodeFrame({ type: 'synStream', streamId: 1, associatedId: 0, priority: 0, fin: false, unidirectional: false, block }).toString(
          'hex',
        ),
      ];
    },
    reason: /^headers of more than 32768 bytes$/,
  },
  'an endless session window': {
    send: () => ['80030009 00000008 00000000 7fffffff'],
    reason: /^a window of more than 2 GiB$/,
  },
};
for (const [name, { send, reason }] of Object.entries(fatal)) {
  test(`ends the session with GOAWAY and a typed reason: ${name}`, async () => {
    const peer = new RawPeer({ flowControl: 'windows' });
    peer.send(...send(peer));
    const said = await peer.untilClosed();
    assert.equal(said.at(-1)?.type === 'goAway' && said.at(-1)?.type, 'goAway');
    assert.ok(peer.session.signal.reason instanceof SpdyError);
    assert.match((peer.session.signal.reason as Error).message, reason);
    assert.ok(peer.streams.every((stream) => stream.destroyed));
  });
}

test('a peer that asks and asks but never reads is cut off', async () => {
  const peer = new RawPeer({ reads: false });
  const pings = Buffer.concat(Array.from({ length: 1000 }, (_, i) => encodeFrame({ type: 'ping', id: i * 2 + 1 })));
  for (let i = 0; i < 200 && !peer.session.signal.aborted; i++) {
    peer.write(pings);
    await new Promise(setImmediate);
  }
  assert.match(String(peer.session.signal.reason), /SpdyError: the peer does not read what it asks for/);
});
