import type { Duplex } from 'node:stream';
import { sleep } from '@t8s/async';
import { CriError } from '@t8s/cri';
import type Docker from 'dockerode';
import type { ContainerStreams, StreamEnds, TerminalSize } from './container-streams.ts';
import { demux } from './demux.ts';
import { docker } from './docker-error.ts';

/** What ExecSync keeps of each output stream (CVE-2022-1708). */
const syncOutputLimit = 16 * 1024 * 1024;

export class DockerStreams implements ContainerStreams {
  readonly #docker: Docker;

  constructor(client: Docker) {
    this.#docker = client;
  }

  async exec({ containerId, cmd, tty }: { containerId: string; cmd: string[]; tty: boolean }, ends: StreamEnds): Promise<number> {
    const exec = await docker(
      this.#docker.getContainer(containerId).exec({
        Cmd: cmd,
        Tty: tty,
        AttachStdin: ends.stdin !== undefined,
        AttachStdout: ends.stdout !== undefined,
        AttachStderr: !tty && ends.stderr !== undefined,
      }),
    );
    const stream = await docker(exec.start({ hijack: true, stdin: ends.stdin !== undefined, Tty: tty }));
    followSize(tty, ends, (size) => exec.resize({ w: size.width, h: size.height }) as Promise<unknown>);
    try {
      await pipe(stream, tty, ends);
    } catch (error) {
      if (tty && ends.signal.aborted) await hangUp(exec);
      throw error;
    }
    return this.#exitCode(exec, ends.signal);
  }

  async attach({ containerId, tty }: { containerId: string; tty: boolean }, ends: StreamEnds): Promise<void> {
    const container = this.#docker.getContainer(containerId);
    const stream = await docker(
      container.attach({
        stream: true,
        hijack: true,
        stdin: ends.stdin !== undefined,
        stdout: ends.stdout !== undefined,
        stderr: !tty && ends.stderr !== undefined,
      }),
    );
    // Docker attaches to what has ended as well, and waits for its next start.
    if (!(await docker(container.inspect())).State.Running) {
      (stream as Duplex).destroy();
      throw new CriError('FailedPrecondition', `container not running (${containerId})`);
    }
    followSize(tty, ends, (size) => container.resize({ w: size.width, h: size.height }) as Promise<unknown>);
    await pipe(stream as Duplex, tty, ends);
  }

  /** Runs a command to its end. `timeout` in seconds, 0 for none; Docker has no way to end the process when it passes. */
  async execSync(containerId: string, cmd: string[], timeout: number): Promise<{ stdout: Buffer; stderr: Buffer; exitCode: number }> {
    const deadline = timeout > 0 ? AbortSignal.timeout(timeout * 1000) : new AbortController().signal;
    const stdout = collect();
    const stderr = collect();
    try {
      const exitCode = await this.exec({ containerId, cmd, tty: false }, { stdout: stdout.add, stderr: stderr.add, signal: deadline });
      return { stdout: stdout.take(), stderr: stderr.take(), exitCode };
    } catch (error) {
      if (!deadline.aborted) throw error;
      throw new CriError('DeadlineExceeded', `command "${cmd.join(' ')}" timed out`, { cause: error });
    }
  }

  async netnsOf(sandboxId: string): Promise<string> {
    const { State: state } = await docker(this.#docker.getContainer(sandboxId).inspect());
    if (!state.Running) throw new CriError('FailedPrecondition', `pod sandbox ${sandboxId} is not running`);
    return `/proc/${state.Pid}/ns/net`;
  }

  /** Docker ends the stream a moment before it knows the exit code. */
  async #exitCode(exec: Docker.Exec, signal: AbortSignal): Promise<number> {
    for (let wait = 5; ; wait *= 2) {
      const { Running: running, ExitCode: code } = await docker(exec.inspect());
      if (!running && code !== null) return code;
      if (wait > 2000) throw new CriError('Unknown', 'the exec session did not end, but its output did');
      await sleep(wait, { signal });
    }
  }
}

/**
 * Who sat at the terminal has gone: Docker keeps it open, and the process would wait for ever. Without a terminal it
 * sees the end of its input, and goes on if it has more to do, as it does upstream.
 */
async function hangUp(exec: Docker.Exec): Promise<void> {
  const { Running: running, Pid: pid } = await docker(exec.inspect());
  if (!running || !pid) return;
  try {
    process.kill(pid, 'SIGHUP');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resizing a process that has just ended is no failure. */
function followSize(tty: boolean, ends: StreamEnds, resize: (size: TerminalSize) => Promise<unknown>): void {
  // The process has ended by itself.
  if (tty) ends.onResize?.((size) => void resize(size).catch(() => undefined));
}

async function pipe(stream: Duplex, tty: boolean, ends: StreamEnds): Promise<void> {
  const stop = (): void => void stream.destroy(ends.signal.reason as Error);
  if (ends.signal.aborted) stop();
  ends.signal.addEventListener('abort', stop, { once: true });
  ends.stdin?.pipe(stream);
  try {
    if (tty) for await (const data of stream) await ends.stdout?.(data as Buffer);
    else for await (const frame of demux(stream)) await ends[frame.stream]?.(frame.data);
  } finally {
    ends.signal.removeEventListener('abort', stop);
    ends.stdin?.unpipe(stream);
    stream.destroy();
  }
}

function collect(): { add(data: Buffer): Promise<void>; take(): Buffer } {
  const parts: Buffer[] = [];
  let size = 0;
  return {
    add: async (data) => {
      if (size < syncOutputLimit) parts.push(Buffer.from(data.subarray(0, syncOutputLimit - size)));
      size += data.length;
    },
    take: () => Buffer.concat(parts),
  };
}
