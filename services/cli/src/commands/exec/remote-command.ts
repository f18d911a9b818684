/** A command in a container over a WebSocket (v5.channel.k8s.io): each message begins with the number of its channel. */
import type { ReadStream } from 'node:tty';
import { type Status, StatusError } from '@t8s/meta';
import type { Session } from '../../session.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** Resolves with the exit code. Throws StatusError where the command can't be run. */
export async function runRemote(session: Session, path: string, { stdin, tty }: { stdin: boolean; tty: boolean }): Promise<number> {
  const { io, client } = session;
  const socket = client.upgrade(path, ['v5.channel.k8s.io']);
  const ended = new AbortController();
  const terminal = tty ? (io.stdin as ReadStream) : undefined;
  const send = (to: number, bytes: Uint8Array): void => socket.send(Buffer.concat([Buffer.of(to), bytes]));
  const abort = (): void => socket.close();
  io.signal.addEventListener('abort', abort, { once: true });
  const feed = (chunk: Buffer | string): void => {
    send(channel.stdin, Buffer.from(chunk));
    // The next chunk is read when this one is on its way.
    if (socket.bufferedAmount > 1 << 20) pauseUntilSent();
  };
  const pauseUntilSent = (): void => {
    io.stdin.pause();
    const timer = setInterval(() => {
      if (socket.bufferedAmount > 1 << 18 && !ended.signal.aborted) return;
      clearInterval(timer);
      io.stdin.resume();
    }, 5);
  };
  const finish = (): void => send(channel.close, Buffer.of(channel.stdin));
  const resize = (): void => {
    const { columns = 80, rows = 24 } = process.stdout;
    send(channel.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
  };
  try {
    return await new Promise<number>((resolve, reject) => {
      let code = 0;
      socket.once('open', () => {
        if (terminal) {
          terminal.setRawMode(true);
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
    ended.abort();
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
