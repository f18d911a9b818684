import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { SpdySession, type SpdyStream } from '@t8s/spdy';
import { TestApiserver } from '../../test-apiserver.ts';
import { run } from '../../test-run.ts';

/** Answers a data stream in capitals; the port 99 is closed. */
function serve(stream: SpdyStream): void {
  const [type, port] = ['streamtype', 'port'].map((name) => stream.headers.get(name));
  stream.reply();
  if (type === 'error') stream.end(port === '99' ? 'connection refused' : '');
  else if (port === '99') stream.resume().end();
  else stream.on('data', (chunk: Buffer) => stream.write(chunk.toString().toUpperCase())).once('end', () => stream.end());
}

async function podWithPorts(): Promise<TestApiserver> {
  const api = await TestApiserver.start(undefined, (_, socket, head) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    new SpdySession({ transport: socket, role: 'server', flowControl: 'transport', onStream: serve });
  });
  const spec = { containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: 8080 }] }] };
  api.add('v1', 'Pod', { metadata: { name: 'p', namespace: 'default' }, spec, status: { phase: 'Running' } });
  api.add('v1', 'Pod', { metadata: { name: 'late', namespace: 'default' }, spec, status: { phase: 'Pending' } });
  return api;
}

test('a port here leads to a port of the pod, and what is wrong there is told', async (t) => {
  const api = await podWithPorts();
  t.after(() => api.stop());
  const abort = new AbortController();
  const lines: string[] = [];
  const forwarding = run(['port-forward', 'p', ':http', ':99', '--address=127.0.0.1'], {
    api,
    signal: abort.signal,
    hear: (text) => lines.push(text),
  });
  while (lines.length < 2) await new Promise((done) => setImmediate(done));
  const [good, bad] = lines.map((line) => Number(/:(\d+) ->/.exec(line)?.[1])) as [number, number];
  assert.match(lines[0] ?? '', /^Forwarding from 127\.0\.0\.1:\d+ -> 8080\n$/);
  const socket = connect(good, '127.0.0.1');
  socket.end('hello');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(socket, 'close');
  assert.equal(text, 'HELLO');
  const refused = connect(bad, '127.0.0.1');
  refused.resume();
  await once(refused, 'close');
  abort.abort();
  const { err, code } = await forwarding;
  assert.deepEqual([err, code], [`error: an error occurred forwarding ${bad} -> 99: connection refused\n`, 0]);
});

test('pods that do not run, ports that are none', async (t) => {
  const api = await podWithPorts();
  t.after(() => api.stop());
  const failing = async (...args: string[]): Promise<string> => (await run(['port-forward', ...args], { api })).err;
  assert.equal(await failing('late', '80'), 'error: unable to forward port because pod is not running. Current status=Pending\n');
  assert.equal(await failing('p', 'x'), "error: Pod 'p' does not have a named port 'x'\n");
  assert.equal(await failing('p', '1:2:3'), "error: invalid port format '1:2:3'\n");
  assert.match(await failing('p'), /^error: TYPE\/NAME and list of ports are required for port-forward\n/);
});
