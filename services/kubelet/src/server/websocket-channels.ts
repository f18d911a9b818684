/**
 * Streams over one WebSocket, a channel each (v4.channel.k8s.io; v5 adds closing one): the first byte of a message
 * is its channel. https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
import { PassThrough } from 'node:stream';
import { type Status, StatusError } from '@t8s/meta';
import type { WebSocket } from 'ws';
import type { StreamEnds, TerminalSize } from '../runtime/container-streams.ts';

export const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

export interface StreamsWanted {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** Ends for the process's streams on this socket. Writes wait for the socket: a slow client slows the process, not the memory. */
export function streamEnds(socket: WebSocket, wanted: StreamsWanted): StreamEnds {
  const abort = new AbortController();
  const stdin = wanted.stdin ? new PassThrough() : undefined;
  const resized: ((size: TerminalSize) => void)[] = [];
  let lastSize: TerminalSize | undefined;
  socket.on('message', (message: Buffer) => {
    const data = message.subarray(1);
    if (message[0] === channel.stdin && stdin && !stdin.write(data)) {
      socket.pause();
      stdin.once('drain', () => socket.resume());
    } else if (message[0] === channel.resize) {
      lastSize = parseSize(data) ?? lastSize;
      if (lastSize) for (const listener of resized) listener(lastSize);
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
    ...(stdin && { stdin }),
    ...(wanted.stdout && { stdout: writer(channel.stdout) }),
    ...(wanted.stderr && !wanted.tty && { stderr: writer(channel.stderr) }),
    onResize: (listener) => {
      resized.push(listener);
      // The client tells its size at once, before the process is there.
      if (lastSize) listener(lastSize);
    },
    signal: abort.signal,
  };
}

/** Writes the outcome to the error channel and closes. */
export async function finish(socket: WebSocket, outcome: Status): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  await send(socket, channel.error, Buffer.from(JSON.stringify({ metadata: {}, ...outcome })));
  socket.close(1000);
}

/** The Status of a command that has ended, or could not be run. */
export function exitStatus(cmd: readonly string[], exitCode: number): Status {
  if (exitCode === 0) return { status: 'Success' };
  return {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: error executing command [${cmd.join(' ')}], exit code ${exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

export function failureStatus(what: string, error: unknown): Status {
  if (error instanceof StatusError) return error.status;
  const message = `${what}: ${(error as Error).message}`;
  return {
    status: 'Failure',
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
    code: 500,
  };
}

function send(socket: WebSocket, number: number, data: Buffer): Promise<void> {
  const message = Buffer.allocUnsafe(data.length + 1);
  message[0] = number;
  data.copy(message, 1);
  return new Promise((resolve, reject) => socket.send(message, { binary: true }, (error) => (error ? reject(error) : resolve())));
}

function parseSize(data: Buffer): TerminalSize | undefined {
  try {
    const { Width: width, Height: height } = JSON.parse(data.toString()) as { Width?: number; Height?: number };
    return width && height ? { width, height } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
