import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { getSystemErrorMap } from 'node:util';

export interface DialRequest {
  id: number;
  port: number;
}

/** With it comes the connection, or the error numbers of the tries at 127.0.0.1 and ::1. */
export interface DialAnswer {
  id: number;
  failures: number[];
}

interface Dial {
  child: ChildProcess;
  port: number;
  resolve(socket: Socket): void;
  reject(error: Error): void;
}

const program = fileURLToPath(new URL('./netns-dialer-child.js', import.meta.url));

/** Nothing listens, or the namespace can't be entered. */
export class DialError extends Error {
  override readonly name = 'DialError';
}

/**
 * Connects to the loopback of a network namespace. A process enters it at the first dial, and stays until `close`; the
 * connections it makes are handed over and cost it nothing.
 */
export class NetnsDialer {
  readonly #netns: () => Promise<string>;
  readonly #dials = new Map<number, Dial>();
  #child: ChildProcess | undefined;
  #lastId = 0;
  #closed = false;

  /** `netns`: path of the namespace, /proc/123/ns/net; asked for when it has to be entered. */
  constructor(netns: () => Promise<string>) {
    this.#netns = netns;
  }

  /** Resolves with a connection that is open on both sides, and not read yet. */
  async dial(port: number): Promise<Socket> {
    const netns = this.#child ? '' : await this.#netns();
    if (this.#closed) throw new DialError('the client has gone');
    this.#child ??= this.#enter(netns);
    const child = this.#child;
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      this.#dials.set(this.#lastId, { child, port, resolve, reject });
      child.send({ id: this.#lastId, port } satisfies DialRequest, (error) => error && this.#gone(child, error.message));
    });
  }

  close(): void {
    this.#closed = true;
    if (this.#child?.connected) this.#child.disconnect();
  }

  #enter(netns: string): ChildProcess {
    const args = [`--net=${netns}`, '--', process.execPath, program];
    const child = spawn('nsenter', args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { PATH: process.env['PATH'] } });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-1000);
    });
    child.on('message', (answer: DialAnswer, socket) => this.#answered(answer, socket));
    child.once('error', (error) => this.#gone(child, error.message));
    child.once('close', (code, signal) => this.#gone(child, said.trim() || `the process in it ended with ${signal ?? `code ${code}`}`));
    return child;
  }

  #answered({ id, failures }: DialAnswer, socket: unknown): void {
    const dial = this.#dials.get(id);
    this.#dials.delete(id);
    if (!(socket instanceof Socket)) {
      if (dial) dial.reject(new DialError(refusal(dial.port, failures)));
      return;
    }
    // Each direction ends by itself, and small messages go at once.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    if (dial) dial.resolve(socket);
    else socket.destroy();
  }

  /** The next dial starts another. */
  #gone(child: ChildProcess, reason: string): void {
    if (this.#child === child) this.#child = undefined;
    for (const [id, dial] of this.#dials) {
      if (dial.child !== child) continue;
      this.#dials.delete(id);
      dial.reject(new DialError(reason));
    }
  }
}

/** In the words of upstream's runtimes, which are Go's: they differ from libuv's where a pod has no IPv6. */
function refusal(port: number, [v4 = 0, v6 = 0]: number[]): string {
  return `IPv4: dial tcp4 127.0.0.1:${port}: connect: ${words(v4)} IPv6 dial tcp6 [::1]:${port}: connect: ${words(v6)}`;
}

function words(errno: number): string {
  if (errno === -constants.errno.EADDRNOTAVAIL) return 'cannot assign requested address';
  return getSystemErrorMap().get(errno)?.[1] ?? `error ${errno}`;
}
