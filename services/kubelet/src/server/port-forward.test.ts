import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, test } from 'node:test';
import { FakeClock } from '@t8s/async';
import { SpdySession, type SpdyStream } from '@t8s/spdy';
import { forwardPorts } from './port-forward.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const end of cleanUp.splice(0)) end();
});

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, onSocket).listen(0, '127.0.0.1');
  cleanUp.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

interface Fixture {
  session: SpdySession;
  clock: FakeClock;
  /** What was dialled. */
  ports: number[];
  open(type: string, headers?: Record<string, string>): SpdyStream;
}

/** A client whose connections reach `pod`; port 81 is closed. */
async function client(pod: (socket: Socket) => void): Promise<Fixture> {
  const clock = new FakeClock();
  const ports: number[] = [];
  const podPort = await listen((socket) => pod(socket.on('error', () => undefined)));
  const dial = async (port: number): Promise<Socket> => {
    ports.push(port);
    if (port === 81) throw new Error('refused');
    const socket = connect({ port: podPort, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return socket;
  };
  const served = await listen((socket) => {
    cleanUp.push(() => socket.destroy());
    forwardPorts({ transport: socket, dial, describe: (port, { message }) => `port ${port}: ${message}`, clock });
  });
  const session = new SpdySession({
    transport: connect(served, '127.0.0.1'),
    role: 'client',
    flowControl: 'transport',
    onStream: (stream) => stream.destroy(),
  });
  const open = (type: string, headers: Record<string, string> = { port: '80', requestid: '0' }): SpdyStream =>
    session.open(new Map([['streamtype', type], ...Object.entries(headers)]));
  return { session, clock, ports, open };
}

/** As kubectl does: the error stream first, closed at once on its side. */
function request({ open }: Fixture, id: number, port = 80): { data: SpdyStream; error: Promise<string> } {
  const headers = { port: String(port), requestid: String(id) };
  const error = open('error', headers);
  error.end();
  return { data: open('data', headers), error: text(error) };
}

test('several connections at a time over one session, each direction closed by itself', async () => {
  const fixture = await client((socket) => socket.pipe(socket));
  await Promise.all(
    [1, 2, 3, 4].map(async (id) => {
      const { data, error } = request(fixture, id, 8000 + id);
      data.end(`${id}`.repeat(300_000));
      assert.equal(await text(data), `${id}`.repeat(300_000));
      assert.equal(await error, '');
    }),
  );
  assert.deepEqual(fixture.ports.sort(), [8001, 8002, 8003, 8004]);
  assert.equal(fixture.session.streamCount, 0);
});

test('a server that speaks first, and one that answers after the end', async () => {
  const fixture = await client((socket) => {
    socket.write('220 ready\n');
    let length = 0;
    socket.on('data', (part: Buffer) => {
      length += part.length;
    });
    socket.once('end', () => socket.end(`${length}`));
  });
  const { data } = request(fixture, 0);
  assert.equal(String((await once(data, 'data'))[0]), '220 ready\n');
  data.end('a'.repeat(100_000));
  assert.equal(await text(data), '100000');
});

test('nothing listens: the reason is on the error stream, and other connections go on', async () => {
  const fixture = await client((socket) => socket.end('fine'));
  const refused = request(fixture, 0, 81);
  assert.deepEqual([await refused.error, await text(refused.data)], ['port 81: refused', '']);
  assert.equal(await text(request(fixture, 1).data), 'fine');
});

test('a connection that the pod breaks off ends its streams without a failure of the forwarding', async () => {
  const fixture = await client((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const { data, error } = request(fixture, 0);
  data.write('x');
  assert.deepEqual([await text(data), await error], ['', '']);
  for (let i = 0; i < 100; i++) data.write(Buffer.alloc(64 * 1024));
  const again = request(fixture, 1);
  again.data.write('y');
  assert.equal(await again.error, '');
});

test('a reset of the data stream, and the end of the session, close the connection to the pod', async () => {
  const closed: Promise<unknown>[] = [];
  const fixture = await client((socket) => {
    socket.once('end', () => socket.end()).resume();
    closed.push(once(socket, 'close'));
  });
  const [first, second] = [request(fixture, 0), request(fixture, 1)];
  for (const { data } of [first, second]) data.write('x');
  while (closed.length < 2) await new Promise(setImmediate);
  first.data.destroy();
  await Promise.race(closed);
  assert.equal(await first.error, '');
  const cut = assert.rejects(second.error, /^SessionClosed/);
  fixture.session.destroy();
  await Promise.all([cut, ...closed]);
});

test('streams that say too little are refused, and a pair that is never whole is given up', async () => {
  const fixture = await client((socket) => socket.end());
  const incomplete: Record<string, string>[] = [{ requestid: '1' }, { port: '80' }];
  for (const headers of [...incomplete, { port: '0', requestid: '1' }, { port: '65536', requestid: '1' }])
    await assert.rejects(once(fixture.open('data', headers), 'reply'), /reset the stream \(status 1\)/);
  await assert.rejects(once(fixture.open('stdin'), 'reply'), /status 1/);
  const [error, second] = [fixture.open('error'), fixture.open('error')];
  await Promise.all([once(error, 'reply'), assert.rejects(once(second, 'reply'), /status 1/)]);
  await fixture.clock.advance(30_000);
  error.end();
  assert.equal(await text(error), 'timed out waiting for streams for request 0');
});
