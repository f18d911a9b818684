import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { SpdySession, type SpdyStream } from '@t8s/spdy';
import { silentLogger } from '@t8s/telemetry';
import { WebSocket } from 'ws';
import type { ContainerStreams, StreamEnds } from '../runtime/container-streams.ts';
import { HttpFailure } from './http-failure.ts';
import type { ServedContainer } from './served-container.ts';
import { StreamServer } from './stream-server.ts';

const clock = new FakeClock();
const container = { name: 'app', id: 'c1', tty: false, stdin: true, running: true } as ServedContainer;
const started: { cmd: string[]; tty: boolean; ends: StreamEnds }[] = [];

/** Says its input in capitals, and to stderr how large the terminal is; ends with 3. */
const streams: ContainerStreams = {
  async exec({ cmd, tty }, ends) {
    started.push({ cmd, tty, ends });
    ends.onResize?.(({ width, height }) => void ends.stdout?.(Buffer.from(`${width}x${height} `)));
    if (ends.stdin) for await (const data of ends.stdin) await ends.stdout?.(Buffer.from(String(data).toUpperCase()));
    await ends.stderr?.(Buffer.from('oh'));
    return cmd[0] === 'true' ? 0 : 3;
  },
  attach: async () => undefined,
  netnsOf: async () => '',
};

const servers: Server[] = [];
const sockets: Duplex[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  started.length = 0;
});

async function listen(): Promise<number> {
  const served = new StreamServer({
    streams,
    container: () => container,
    sandbox: () => 's1',
    clock,
    log: silentLogger,
  });
  const server = createServer().listen(0, '127.0.0.1');
  servers.push(server);
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.push(socket);
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://kubelet');
    served.serve(pathname.slice(1).split('/'), searchParams, { request: incoming, socket, head }).catch((error: unknown) => {
      assert.ok(error instanceof HttpFailure);
      socket.end(`HTTP/1.1 ${error.code} No\r\nx-error: ${error.message}\r\nconnection: close\r\n\r\n`);
    });
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const query = 'command=tr&input=1&output=1&error=1';

async function spdy(path: string, ...protocols: string[]): Promise<{ session: SpdySession; protocol: unknown }> {
  const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': protocols };
  const outgoing = request({ port: await listen(), path, method: 'POST', headers });
  outgoing.end();
  const [{ headers: answer }, socket] = (await Promise.race([
    once(outgoing, 'upgrade'),
    once(outgoing, 'response').then(([{ statusCode, headers: refusal }]) =>
      Promise.reject(new Error(`${statusCode} ${refusal['x-error']}`)),
    ),
  ])) as [IncomingMessage, Duplex];
  const session = new SpdySession({ transport: socket, role: 'client', flowControl: 'transport', onStream: (stream) => stream.destroy() });
  return { session, protocol: answer['x-stream-protocol-version'] };
}

async function open(session: SpdySession, ...types: string[]): Promise<SpdyStream[]> {
  const opened: SpdyStream[] = [];
  for (const type of types) {
    const stream = session.open(new Map([['streamtype', type]]));
    await once(stream, 'reply');
    opened.push(stream);
  }
  return opened;
}

test('SPDY, v4: a stream each, the half-close of stdin ends it, the outcome is a Status', async () => {
  const { session, protocol } = await spdy(`/exec/default/web/app?${query}`, 'v5.channel.k8s.io', 'v4.channel.k8s.io', 'channel.k8s.io');
  assert.equal(protocol, 'v4.channel.k8s.io');
  const [error, stdin, stdout, stderr] = await open(session, 'error', 'stdin', 'stdout', 'stderr');
  assert.ok(error && stdin && stdout && stderr);
  stdin.end('hello');
  assert.deepEqual(await Promise.all([text(stdout), text(stderr)]), ['HELLO', 'oh']);
  assert.deepEqual(JSON.parse(await text(error)), {
    metadata: {},
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: 'command terminated with non-zero exit code: error executing command [tr], exit code 3',
    details: { causes: [{ reason: 'ExitCode', message: '3' }] },
  });
  assert.deepEqual(
    started.map(({ cmd, tty }) => [cmd, tty]),
    [[['tr'], false]],
  );
});

test('SPDY, first version: the outcome is a message, or nothing', async () => {
  for (const [cmd, outcome] of [
    ['tr', 'command terminated with non-zero exit code: error executing command [tr], exit code 3'],
    ['true', ''],
  ]) {
    const { session } = await spdy(`/exec/default/web/app?command=${cmd}&output=1`, 'channel.k8s.io');
    const [error] = await open(session, 'error', 'stdout');
    assert.ok(error);
    assert.equal(await text(error), outcome);
  }
});

test('SPDY with a terminal: sizes come on a stream of their own, no stderr', async () => {
  const { session } = await spdy(`/exec/default/web/app?${query}&tty=1`, 'v4.channel.k8s.io');
  const [, resize, stdout, stdin] = await open(session, 'error', 'resize', 'stdout', 'stdin');
  assert.ok(stdin && stdout && resize);
  resize.write('{"Width":80,"Height":24}\n{"Width":132,');
  resize.write('"Height":40}\n');
  for await (const part of stdout) if (String(part).includes('132x40')) stdin.end();
  assert.equal(started[0]?.tty, true);
});

test('SPDY: streams that were not asked for, and a second one of a kind, are refused', async () => {
  const { session } = await spdy('/exec/default/web/app?command=tr&output=1', 'v4.channel.k8s.io');
  await open(session, 'error');
  for (const type of ['stdin', 'error', '']) {
    const stream = session.open(new Map([['streamtype', type]]));
    await assert.rejects(once(stream, 'reply'), /reset the stream \(status 1\)/);
  }
  await open(session, 'stdout');
});

test('SPDY: a client that does not open its streams is cut off after 30 s', async () => {
  const { session } = await spdy(`/exec/default/web/app?${query}`, 'v4.channel.k8s.io');
  await open(session, 'error', 'stdout');
  await clock.advance(30_000);
  if (!session.signal.aborted) await once(session.signal, 'abort');
  assert.equal(started.length, 0);
});

test('a client that goes ends what reads for it', async () => {
  const { session } = await spdy(`/exec/default/web/app?${query}`, 'v4.channel.k8s.io');
  await open(session, 'error', 'stdin', 'stdout', 'stderr');
  session.destroy();
  while (started.length === 0) await new Promise(setImmediate);
  const signal = started[0]?.ends.signal;
  assert.ok(signal);
  if (!signal.aborted) await once(signal, 'abort');
});

test('WebSocket, v5 and v4: the same command, a channel each', async () => {
  for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io']) {
    const socket = new WebSocket(`ws://127.0.0.1:${await listen()}/exec/default/web/app?command=true&input=1&output=1&error=1`, [protocol]);
    const said: Record<number, string> = {};
    socket.on('message', (message: Buffer) => {
      said[message[0] ?? 9] = (said[message[0] ?? 9] ?? '') + message.subarray(1).toString();
      if (said[1] === 'HELLO' && protocol.startsWith('v4')) socket.terminate();
    });
    await once(socket, 'open');
    assert.equal(socket.protocol, protocol);
    socket.send(Buffer.from('\0hello'));
    socket.send(Buffer.from([255, 0]));
    await once(socket, 'close');
    assert.equal(said[1], 'HELLO');
    if (protocol.startsWith('v5')) assert.deepEqual([said[2], said[3]], ['oh', '{"metadata":{},"status":"Success"}']);
  }
});

test('WebSocket before v4, and with base64: the outcome is a message, or nothing', async () => {
  const oldest: [protocol: string[], said: string[]][] = [
    [
      ['channel.k8s.io'],
      ['\x01HELLO', '\x02oh', '\x03command terminated with non-zero exit code: error executing command [tr], exit code 3'],
    ],
    [[], ['\x01HELLO', '\x02oh']],
    [['base64.channel.k8s.io'], ['1SEVMTE8=', '2b2g=']],
  ];
  for (const [protocols, expected] of oldest) {
    const cmd = expected.length === 3 ? 'tr' : 'true';
    const socket = new WebSocket(
      `ws://127.0.0.1:${await listen()}/exec/default/web/app?command=${cmd}&input=1&output=1&error=1`,
      protocols,
    );
    const said: string[] = [];
    socket.on('message', (message: Buffer) => {
      said.push(message.toString());
      // It has no way to end its input.
      if (said.length === 1) started[0]?.ends.stdin?.emit('end');
    });
    await once(socket, 'open');
    socket.send(protocols[0]?.startsWith('base64') ? '0aGVsbG8=' : Buffer.from('\0hello'));
    await once(socket, 'close');
    assert.deepEqual([socket.protocol, said], [protocols[0] ?? '', expected]);
    started.length = 0;
  }
});

test('what is not spoken is refused with the reason', async () => {
  await assert.rejects(
    spdy(`/exec/default/web/app?${query}`, 'v9.channel.k8s.io'),
    /^Error: 403 unable to upgrade: unable to negotiate protocol: client supports \[v9\.channel\.k8s\.io\], server accepts \[v4\./,
  );
  await assert.rejects(spdy('/exec/default/web/app?command=tr', 'v4.channel.k8s.io'), /^Error: 400 you must specify at least 1 of/);
  const socket = new WebSocket(`ws://127.0.0.1:${await listen()}/exec/default/web/app?${query}`, ['v3.channel.k8s.io']);
  await assert.rejects(once(socket, 'open'), /Unexpected server response: 400/);
});
