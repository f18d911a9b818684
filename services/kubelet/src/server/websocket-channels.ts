/**
 * Streams over one WebSocket, a channel each (v4.channel.k8s.io; v5 adds closing one; before v4 the outcome is plain
 * text): the first byte of a message is its channel, or with base64 its digit. https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
import { PassThrough } from 'node:stream';
import type { Clock } from '@t8s/async';
import type { WebSocket } from 'ws';
import { type CommandChannels, plainOutcome, type StreamsWanted } from './remote-command.ts';
import { parseSize, TerminalSizes } from './terminal-sizes.ts';

/** Best first; a client that asks for none gets the oldest. */
export const webSocketProtocols = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
  '',
] as const;

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** How often a client that is not being read is asked whether it is there: its close would not be seen. */
const probeInterval = 10_000;

/** Writes wait for the socket: a slow client slows the process, not the memory. */
export function webSocketChannels(socket: WebSocket, wanted: StreamsWanted, clock: Clock): CommandChannels {
  const abort = new AbortController();
  const stdin = wanted.stdin ? new PassThrough() : undefined;
  const sizes = new TerminalSizes();
  const reading = new Reading(socket, clock);
  stdin?.on('drain', () => reading.resume());
  const isText = socket.protocol.includes('base64');
  socket.on('message', (message: Buffer) => {
    const data = isText ? Buffer.from(message.subarray(1).toString(), 'base64') : message.subarray(1);
    const to = isText ? Number(message.toString('latin1', 0, 1)) : message[0];
    if (to === channel.stdin && stdin && !stdin.writableEnded && !stdin.write(data)) {
      reading.pause();
    } else if (to === channel.resize) {
      const size = parseSize(data.toString());
      if (size) sizes.set(size);
    } else if (to === channel.close && data[0] === channel.stdin) {
      stdin?.end();
    }
  });
  socket.once('close', () => {
    stdin?.destroy();
    reading.resume();
    abort.abort(new Error('the client has gone'));
  });
  const send = isText ? sendText : sendBinary;
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
      // The process has gone: what the client still has for it must not hold up its farewell.
      stdin?.resume();
      if (socket.readyState !== socket.OPEN) return;
      const text = /^v[45]/.test(socket.protocol) ? JSON.stringify({ metadata: {}, ...outcome }) : plainOutcome(outcome);
      if (text !== '') await send(socket, channel.error, Buffer.from(text));
      socket.close(1000);
    },
  };
}

/** Whether the socket is read; while it is not, the client is asked now and then whether it is there. */
class Reading {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #stop: (() => void) | undefined;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  pause(): void {
    if (this.#stop) return;
    this.#socket.pause();
    this.#probe();
  }

  resume(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#socket.resume();
  }

  #probe(): void {
    this.#stop = this.#clock.after(probeInterval, () => {
      // When the client is gone this fails, and the socket closes.
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
      this.#probe();
    });
  }
}

function sendText(socket: WebSocket, number: number, data: Buffer): Promise<void> {
  return sent(socket, `${number}${data.toString('base64')}`);
}

function sendBinary(socket: WebSocket, number: number, data: Buffer): Promise<void> {
  const message = Buffer.allocUnsafe(data.length + 1);
  message[0] = number;
  data.copy(message, 1);
  return sent(socket, message);
}

function sent(socket: WebSocket, message: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => socket.send(message, (error) => (error ? reject(error) : resolve())));
}
