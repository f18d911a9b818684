/** A command in a container over a WebSocket (v5.channel.k8s.io): each message begins with the number of its channel. */
import type { ReadStream } from 'node:tty';
import { type Status, StatusError } from '@t8s/meta';
import type { Session } from '../../session.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

export interface RemoteStreams {
  stdin: boolean;
  /** Stdin is a terminal, and the command has one: keys go through as they are. */
  tty: boolean;
  /** What runs already redraws its screen when the size changes: tell it another one first. */
  redraw?: boolean;
}

/** Whether `-t` can be had: with `-i` on a terminal. `warn` hears why not. */
export function wantsTerminal({ stdin, isTTY }: { stdin: boolean; isTTY: boolean }, warn: (text: string) => void): boolean {
  if (!stdin) return false;
  if (!isTTY) warn('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return isTTY;
}

export const isTerminal = (stream: NodeJS.ReadableStream): boolean => (stream as Partial<ReadStream>).isTTY === true;

/** Resolves with the exit code. Throws StatusError where the command can't be run. */
export async function runRemote(
  session: Pick<Session, 'io' | 'client'>,
  path: string,
  { stdin, tty, redraw = false }: RemoteStreams,
): Promise<number> {
  const { io, client } = session;
  const socket = client.upgrade(path, ['v5.channel.k8s.io']);
  const terminal = tty ? (io.stdin as ReadStream) : undefined;
  const send = (to: number, bytes: Uint8Array, sent?: () => void): void => socket.send(Buffer.concat([Buffer.of(to), bytes]), sent);
  const abort = (): void => socket.close();
  io.signal.addEventListener('abort', abort, { once: true });
  let isOver = false;
  const feed = (chunk: Buffer | string): void => {
    // The next chunk is read when this one is on its way.
    io.stdin.pause();
    send(channel.stdin, Buffer.from(chunk), () => {
      if (!isOver) io.stdin.resume();
    });
  };
  const finish = (): void => send(channel.close, Buffer.of(channel.stdin));
  const sendSize = (more: number): void => {
    const { columns, rows } = process.stdout;
    if (columns && rows) send(channel.resize, Buffer.from(JSON.stringify({ Width: columns + more, Height: rows + more })));
  };
  const resize = (): void => sendSize(0);
  try {
    return await new Promise<number>((resolve, reject) => {
      let code = 0;
      socket.once('open', () => {
        if (terminal) {
          terminal.setRawMode(true);
          if (redraw) sendSize(1);
          resize();
          process.stdout.on('resize', resize);
        }
        if (stdin) io.stdin.on('data', feed).once('end', finish);
      });
      socket.on('message', (data: Buffer) => {
        const bytes = data.subarray(1);
        if (data[0] === channel.stdout) io.out(bytes);
        else if (data[0] === channel.stderr) io.err(bytes);
        else if (data[0] === channel.error) {
          try {
            code = exitCode(JSON.parse(bytes.toString()) as Status);
          } catch (error) {
            reject(error);
          }
        }
      });
      socket.once('error', reject);
      socket.once('close', () => resolve(code));
    });
  } finally {
    isOver = true;
    io.signal.removeEventListener('abort', abort);
    io.stdin.off('data', feed).off('end', finish).pause();
    if (terminal) {
      terminal.setRawMode(false);
      process.stdout.off('resize', resize);
    }
  }
}

function exitCode(status: Status): number {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  if (status.reason === 'NonZeroExitCode' && cause) return Number(cause.message);
  throw new StatusError(status);
}
