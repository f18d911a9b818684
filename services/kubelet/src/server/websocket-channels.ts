/**
 * Streams over one WebSocket, a channel each (v4.channel.k8s.io; v5 adds closing one): the first byte of a message
 * is its channel. https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
import { PassThrough } from 'node:stream';
import type { WebSocket } from 'ws';
import type { CommandChannels, StreamsWanted } from './remote-command.ts';
import { parseSize, TerminalSizes } from './terminal-sizes.ts';

/** Best first. */
export const webSocketProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** Writes wait for the socket: a slow client slows the process, not the memory. */
export function webSocketChannels(socket: WebSocket, wanted: StreamsWanted): CommandChannels {
  const abort = new AbortController();
  const stdin = wanted.stdin ? new PassThrough() : undefined;
  const sizes = new TerminalSizes();
  socket.on('message', (message: Buffer) => {
    const data = message.subarray(1);
    if (message[0] === channel.stdin && stdin && !stdin.writableEnded && !stdin.write(data)) {
      socket.pause();
      stdin.once('drain', () => socket.resume());
    } else if (message[0] === channel.resize) {
      const size = parseSize(data.toString());
      if (size) sizes.set(size);
    } else if (message[0] === channel.close && data[0] === channel.stdin) {
      stdin?.end();
    }
  });
  socket.once('close', () => {
    stdin?.end();
    abort.abort(new Error('the client has gone'));
  });
  const writer = (number: number) => (data: Buffer) => send(socket, number, data);
  return {
    ends: {
      ...(stdin && { stdin }),
      ...(wanted.stdout && { stdout: writer(channel.stdout) }),
      ...(wanted.stderr && { stderr: writer(channel.stderr) }),
      onResize: (listener) => sizes.listen(listener),
      signal: abort.signal,
    },
    finish: async (outcome) => {
      if (socket.readyState !== socket.OPEN) return;
      await send(socket, channel.error, Buffer.from(JSON.stringify({ metadata: {}, ...outcome })));
      socket.close(1000);
    },
  };
}

function send(socket: WebSocket, number: number, data: Buffer): Promise<void> {
  const message = Buffer.allocUnsafe(data.length + 1);
  message[0] = number;
  data.copy(message, 1);
  return new Promise((resolve, reject) => socket.send(message, { binary: true }, (error) => (error ? reject(error) : resolve())));
}
