/** One keep-alive HTTPS agent and the credentials of a connection. */
import { readFileSync } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { ConnectionConfig } from '@t8s/component';

/** The apiserver was not reached, or the connection broke: worth another try. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** How long a rotated token file is trusted before it is read again (client-go's). Milliseconds. */
const tokenLifetime = 60_000;

export interface TransportRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  signal?: AbortSignal;
}

export class Transport {
  readonly #connection: ConnectionConfig;
  readonly #url: URL;
  readonly #userAgent: string;
  readonly #agent: Agent;
  #token: { value: string; readAt: number } | undefined;

  constructor(connection: ConnectionConfig, userAgent: string) {
    this.#connection = connection;
    this.#url = new URL(connection.server);
    this.#userAgent = userAgent;
    this.#agent = new Agent({ keepAlive: true, ...this.tlsOptions() });
  }

  /** What a TLS connection to this server needs, for other protocols than plain requests. */
  tlsOptions(): { ca?: string; cert?: string; key?: string; rejectUnauthorized: boolean; servername?: string } {
    const { ca, cert, key, insecureSkipVerify, serverName } = this.#connection;
    return {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(serverName !== undefined && { servername: serverName }),
      rejectUnauthorized: !insecureSkipVerify,
    };
  }

  url(path: string): URL {
    return new URL(this.#url.pathname.replace(/\/$/, '') + path, this.#url);
  }

  headers(): Record<string, string> {
    const token = this.#readToken();
    return { 'user-agent': this.#userAgent, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  }

  /** Resolves with the response head; its body is the caller's to read. Rejects with ConnectionError. */
  send({ method, path, headers, body, signal }: TransportRequest): Promise<IncomingMessage> {
    const url = this.url(path);
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const isSecure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const options = { method, headers: { ...this.headers(), ...headers, ...length }, signal };
      const request: ClientRequest = isSecure ? httpsRequest(url, { ...options, agent: this.#agent }) : httpRequest(url, options);
      request.once('response', resolve);
      request.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          signal?.aborted
            ? signal.reason
            : new ConnectionError(`${method} ${url.origin}${path}: ${error.message || error.code}`, { cause: error }),
        ),
      );
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #readToken(): string | undefined {
    const { token, tokenFile } = this.#connection;
    if (tokenFile === undefined) return token;
    if (!this.#token || Date.now() - this.#token.readAt > tokenLifetime)
      this.#token = { value: readFileSync(tokenFile, 'utf8').trim(), readAt: Date.now() };
    return this.#token.value;
  }
}

/** The whole body. Rejects with ConnectionError when it breaks off. */
export function readBody(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    response.once('error', (error) => reject(new ConnectionError(`the answer broke off: ${error.message}`, { cause: error })));
  });
}
