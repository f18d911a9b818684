/**
 * Requests over connections of their own, at the least cost to the machine that the server shares: what is measured is the
 * server. HTTP/1.1 with a Content-Length in each answer, one request at a time on a connection.
 */
import { connect, type TLSSocket } from 'node:tls';
import type { ConnectionConfig } from '@t8s/component';

export interface LoadRequest {
  method: string;
  path: string;
  body?: string;
  contentType?: string;
}

const headEnd = '\r\n\r\n';

export class LoadClient {
  readonly #free: Connection[];
  readonly #all: readonly Connection[];

  private constructor(connections: Connection[]) {
    this.#all = connections;
    this.#free = [...connections];
  }

  static async open(config: ConnectionConfig, connections: number): Promise<LoadClient> {
    return new LoadClient(await Promise.all(Array.from({ length: connections }, () => Connection.open(config))));
  }

  /** Sends on a connection that is free; callers may not be more than the connections. Throws on any answer but 2xx. */
  async send(request: LoadRequest): Promise<Buffer> {
    const connection = this.#free.pop();
    if (!connection) throw new Error('more requests at a time than connections');
    try {
      return await connection.send(request);
    } finally {
      this.#free.push(connection);
    }
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }
}

class Connection {
  readonly #socket: TLSSocket;
  readonly #host: string;
  #chunks: Buffer[] = [];
  #missing = -1;
  #head = '';
  #answer: { resolve(body: Buffer): void; reject(error: Error): void } | undefined;

  private constructor(socket: TLSSocket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#answer?.reject(error));
    socket.on('close', () => this.#answer?.reject(new Error('the connection was closed')));
  }

  static open({ server, ca, cert, key }: ConnectionConfig): Promise<Connection> {
    const { hostname, port, host } = new URL(server);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), ca, cert, key, ALPNProtocols: ['http/1.1'] }, () => {
        socket.off('error', reject);
        resolve(new Connection(socket, host));
      });
      socket.setNoDelay(true);
      socket.once('error', reject);
    });
  }

  send({ method, path, body = '', contentType = 'application/json' }: LoadRequest): Promise<Buffer> {
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nAccept: application/json\r\nContent-Type: ${contentType}\r\n`;
    this.#socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}${headEnd}${body}`);
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    if (this.#missing < 0) {
      const all = Buffer.concat(this.#chunks);
      const end = all.indexOf(headEnd);
      if (end < 0) return;
      this.#head = all.toString('latin1', 0, end);
      const length = Number(/content-length: (\d+)/i.exec(this.#head)?.[1]);
      this.#chunks = [all.subarray(end + headEnd.length)];
      this.#missing = length - (this.#chunks[0]?.length ?? 0);
    } else this.#missing -= chunk.length;
    if (this.#missing > 0) return;
    const body = Buffer.concat(this.#chunks);
    const answer = this.#answer;
    this.#chunks = [];
    this.#missing = -1;
    this.#answer = undefined;
    if (this.#head.startsWith('HTTP/1.1 2')) answer?.resolve(body);
    else answer?.reject(new Error(`${this.#head.split('\r\n')[0]}: ${body}`));
  }
}
