/**
 * Streams over one WebSocket, a channel each (v4.channel.k8s.io; v5 adds closing one): the first byte of a message
 * is its channel. https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
import { PassThrough } from 'node:stream';
import type { Clock } from '@t8s/async';
import type { WebSocket } from 'ws';
import type { CommandChannels, StreamsWanted } from './remote-command.ts';
import { parseSize, TerminalSizes } from './terminal-sizes.ts';

/** Best first. */
export const webSocketProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

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
  socket.on('message', (message: Buffer) => {
    const data = message.subarray(1);
    if (message[0] === channel.stdin && stdin && !stdin.writableEnded && !stdin.write(data)) {
      reading.pause();
    } else if (message[0] === channel.resize) {
      const size = parseSize(data.toString());
      if (size) sizes.set(size);
    } else if (message[0] === channel.close && data[0] === channel.stdin) {
      stdin?.end();
    }
  });
  socket.once('close', () => {
    stdin?.destroy();
    reading.resume();
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
      // The process has gone: what the client still has for it must not hold up its farewell.
      stdin?.resume();
      if (socket.readyState !== socket.OPEN) return;
      await send(socket, channel.error, Buffer.from(JSON.stringify({ metadata: {}, ...outcome })));
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

function send(socket: WebSocket, number: number, data: Buffer): Promise<void> {
  const message = Buffer.allocUnsafe(data.length + 1);
  message[0] = number;
  data.copy(message, 1);
  return new Promise((resolve, reject) => socket.send(message, { binary: true }, (error) => (error ? reject(error) : resolve())));
}
