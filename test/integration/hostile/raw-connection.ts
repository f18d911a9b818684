/** A connection that is kept alive, on which anything can be sent. */
import { connect, type TLSSocket } from 'node:tls';
import type { ConnectionConfig } from '@t8s/component';

export interface RawRequest {
  bytes: Buffer;
  method: string;
  /** Whether the bytes are one request: after others nobody knows what the connection is in the middle of. */
  isFramed: boolean;
  /** Its answer may last: the head is enough. */
  isStream: boolean;
}

export interface RawAnswer {
  code: number;
  body: Buffer;
}

/** Longest wait for an answer, and to what need not get one. Milliseconds. */
const patienceMs = 30_000;
const tornPatienceMs = 250;

export class RawConnection {
  readonly #config: ConnectionConfig;
  #socket: TLSSocket | undefined;
  #received: Buffer[] = [];
  #waiting: { request: RawRequest; settle(answer: RawAnswer | undefined): void } | undefined;

  constructor(config: ConnectionConfig) {
    this.#config = config;
  }

  /** Sends a request; undefined where the server ends the connection without an answer. Throws when it stays silent. */
  async send(request: RawRequest): Promise<RawAnswer | undefined> {
    const answer = await this.#exchange(request);
    if (!request.isFramed || request.isStream) this.close();
    return answer;
  }

  async #exchange(request: RawRequest): Promise<RawAnswer | undefined> {
    const socket = this.#socket ?? (await this.#connect());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.close();
          if (request.isFramed) reject(new Error(`no answer within ${patienceMs} ms`));
          else resolve(undefined);
        },
        request.isFramed ? patienceMs : tornPatienceMs,
      );
      this.#waiting = {
        request,
        settle: (answer) => {
          clearTimeout(timer);
          this.#waiting = undefined;
          resolve(answer);
        },
      };
      socket.write(request.bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #connect(): Promise<TLSSocket> {
    const { server, ca, cert, key } = this.#config;
    const { hostname: host, port } = new URL(server);
    const socket = connect({ host, port: Number(port), ca, cert, key, ALPNProtocols: ['http/1.1'] });
    this.#received = [];
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    const end = (): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#waiting?.settle(this.#complete(true));
    };
    socket.on('error', end);
    socket.on('close', end);
    socket.on('end', end);
    socket.on('data', (chunk: Buffer) => {
      if (this.#socket !== socket) return;
      this.#received.push(chunk);
      const answer = this.#complete(false);
      if (answer) this.#waiting?.settle(answer);
    });
    this.#socket = socket;
    return socket;
  }

  /** The answer, once it is all there. After it the connection is as good as new, or closed. */
  #complete(isClosed: boolean): RawAnswer | undefined {
    const all = this.#received.length === 1 ? this.#received[0] : Buffer.concat(this.#received);
    const headEnd = all?.indexOf('\r\n\r\n') ?? -1;
    if (!all || headEnd < 0) return undefined;
    const head = all.toString('latin1', 0, headEnd);
    const code = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
    if (code === 100) {
      this.#received = [all.subarray(headEnd + 4)];
      return this.#complete(isClosed);
    }
    const rest = all.subarray(headEnd + 4);
    const request = this.#waiting?.request;
    const isOver = request?.isStream || (bodyEnd(head, rest, request?.method ?? '') ?? isClosed);
    if (!isOver) return undefined;
    this.#received = [];
    if (/\r\nconnection: close/i.test(head) || code === 101) this.close();
    return { code, body: rest };
  }
}

/** Whether the body is complete; undefined where only the end of the connection tells. */
function bodyEnd(head: string, rest: Buffer, method: string): boolean | undefined {
  if (method === 'HEAD' || /^HTTP\/1\.1 (1\d\d|204|304)/.test(head)) return true;
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return rest.length >= Number(length);
  if (/\r\ntransfer-encoding: chunked/i.test(head)) return rest.subarray(-5).toString('latin1') === '0\r\n\r\n';
  return undefined;
}
