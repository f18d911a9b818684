import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { sendLog } from './log-socket.ts';

test('a log is sent as bytes, or in base64 for clients that want text', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  server.on('upgrade', (request, socket, head) => {
    const response = new ServerResponse(request);
    response.assignSocket(request.socket);
    const log = Readable.from([Buffer.from('one\n'), Buffer.from('two\n')]) as IncomingMessage;
    void sendLog({ request, response, upgrade: { socket, head } }, log);
  });
  await once(server, 'listening');
  const read = async (...protocols: string[]): Promise<unknown> => {
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, protocols);
    const messages: string[] = [];
    socket.on('message', (message: Buffer, isBinary) => messages.push(`${isBinary ? 'bytes' : 'text'} ${message.toString()}`));
    await once(socket, 'close');
    return [socket.protocol, messages];
  };
  assert.deepEqual(await read('binary.k8s.io'), ['binary.k8s.io', ['bytes one\n', 'bytes two\n']]);
  assert.deepEqual(await read(), ['', ['bytes one\n', 'bytes two\n']]);
  assert.deepEqual(await read('base64.binary.k8s.io'), ['base64.binary.k8s.io', ['text b25lCg==', 'text dHdvCg==']]);
});
