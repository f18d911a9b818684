/** Connections to one apiserver: keep-alive agents, TLS and the credentials of a ConnectionConfig. */
import { readFileSync } from 'node:fs';
import { type AgentOptions, Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionConfig } from '@t8s/component';
import { ConnectionError } from './connection-error.ts';

/** How long a rotated token file is trusted before it is read again (client-go's). Milliseconds. */
const tokenLifetime = 60_000;
/** A peer that vanished without a word is noticed after about 40 s: Node probes once a second, ten times, from then on. */
const keepAliveDelay = 30_000;
/** A request whose answer stays away so long has failed; streams may be silent for ever. */
const requestTimeout = 60_000;
/** Connections for requests; more requests wait. Streams have their own. */
const maxConnections = 64;

export interface TransportRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  signal?: AbortSignal;
}

export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
  rejectUnauthorized: boolean;
  servername?: string;
}

/** A client certificate with its key, PEM. */
export interface ClientCertificate {
  cert: string;
  key: string;
}

interface Agents {
  requests: HttpAgent;
  streams: HttpAgent;
}

export interface TransportOptions {
  connection: ConnectionConfig;
  userAgent: string;
  /** Headers that go with every request. */
  headers?: Readonly<Record<string, string | string[]>>;
  /** Asked before each request: the certificate instead of the connection's. */
  certificate?: () => ClientCertificate | undefined;
}

export class Transport {
  readonly #connection: ConnectionConfig;
  readonly #certificate: () => ClientCertificate | undefined;
  readonly #url: URL;
  readonly #common: Readonly<Record<string, string | string[]>>;
  readonly #target: RequestOptions;
  readonly #basePath: string;
  readonly #send: typeof httpRequest;
  #agents: Agents;
  /** What the agents present. */
  #presented: ClientCertificate | undefined;
  #token: { value: string; readAt: number } | undefined;

  constructor({ connection, userAgent, headers = {}, certificate = () => undefined }: TransportOptions) {
    this.#connection = connection;
    this.#certificate = certificate;
    this.#common = { 'user-agent': userAgent, ...headers };
    this.#url = new URL(connection.server);
    const { protocol, hostname, port, pathname } = this.#url;
    this.#basePath = pathname.replace(/\/$/, '');
    // Brackets mark an IPv6 address in a URL, and are no part of it.
    this.#target = { protocol, host: hostname.replace(/^\[|\]$/g, ''), ...(port !== '' && { port }) };
    this.#send = protocol === 'https:' ? httpsRequest : httpRequest;
    this.#presented = certificate();
    this.#agents = this.#createAgents();
  }

  /** What a TLS connection to this server needs, for other protocols than plain requests. */
  tlsOptions(): TlsOptions {
    const { ca, insecureSkipVerify, serverName } = this.#connection;
    const { cert, key } = this.#certificate() ?? this.#connection;
    return {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(serverName !== undefined && { servername: serverName }),
      rejectUnauthorized: !insecureSkipVerify,
    };
  }

  url(path: string): URL {
    return new URL(this.#basePath + path, this.#url);
  }

  headers(): Record<string, string | string[]> {
    const token = this.#readToken();
    return { ...this.#common, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  }

  /** A request and its whole answer. Rejects with ConnectionError, or with the signal's reason. */
  async request(request: TransportRequest): Promise<{ response: IncomingMessage; body: Buffer }> {
    const response = await this.#open(request, 'requests');
    return { response, body: await readBody(response, request) };
  }

  /** Resolves with the head of an answer whose body comes as it is made. Rejects as `request` does. */
  stream(request: TransportRequest): Promise<IncomingMessage> {
    return this.#open(request, 'streams');
  }

  /** Asks for another protocol on the connection: the connection itself, or the head of the answer that refuses it. */
  upgrade(request: TransportRequest): Promise<Duplex | IncomingMessage> {
    const { method, path, headers, signal } = request;
    return new Promise((resolve, reject) => {
      const outgoing = this.#send({
        ...this.#target,
        agent: this.#currentAgents().streams,
        method,
        path: this.#basePath + path,
        headers: { ...this.headers(), connection: 'Upgrade', ...headers },
        ...(signal && { signal }),
      });
      outgoing.setSocketKeepAlive(true, keepAliveDelay);
      outgoing.once('upgrade', (_, socket: Duplex, head: Buffer) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      outgoing.once('response', resolve);
      outgoing.once('error', (error: NodeJS.ErrnoException) => reject(failure(error, request, this.#url.origin)));
      outgoing.end();
    });
  }

  close(): void {
    this.#agents.requests.destroy();
    this.#agents.streams.destroy();
  }

  #createAgents(): Agents {
    const isSecure = this.#url.protocol === 'https:';
    const agent = (options: AgentOptions): HttpAgent =>
      isSecure ? new HttpsAgent({ ...options, ...this.tlsOptions() }) : new HttpAgent(options);
    return { requests: agent({ keepAlive: true, maxSockets: maxConnections }), streams: agent({}) };
  }

  /** Another certificate is for new connections; what is under way ends on those it has. */
  #currentAgents(): Agents {
    const certificate = this.#certificate();
    if (certificate !== this.#presented) {
      const { requests } = this.#agents;
      requests.maxFreeSockets = 0;
      for (const socket of Object.values(requests.freeSockets).flat()) socket?.destroy();
      this.#presented = certificate;
      this.#agents = this.#createAgents();
    }
    return this.#agents;
  }

  #open(request: TransportRequest, use: keyof Agents, isRetry = false): Promise<IncomingMessage> {
    const { method, path, headers, body, signal } = request;
    const agent = this.#currentAgents()[use];
    const isStream = use === 'streams';
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const outgoing = this.#send({
        ...this.#target,
        agent,
        method,
        path: this.#basePath + path,
        headers: { ...this.headers(), ...headers, ...length },
        ...(signal && { signal }),
      });
      if (isStream) outgoing.setSocketKeepAlive(true, keepAliveDelay);
      else outgoing.setTimeout(requestTimeout, () => outgoing.destroy(new Error(`no answer within ${requestTimeout / 1000} s`)));
      outgoing.once('response', resolve);
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        // The server closed an idle connection while the request was on its way: what changes nothing may be sent again.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET' && method === 'GET' && !isRetry)
          this.#open(request, use, true).then(resolve, reject);
        else reject(failure(error, request, this.#url.origin));
      });
      outgoing.end(body);
    });
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
export function readBody(response: IncomingMessage, request: TransportRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    response.once('error', (error) => reject(failure(error, request)));
  });
}

/** The body piece by piece. Ends when the signal aborts; throws ConnectionError when the connection breaks. */
export async function* readChunks(response: IncomingMessage, request: TransportRequest): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    if (request.signal?.aborted) return;
    throw failure(error as Error, request);
  }
}

function failure(error: NodeJS.ErrnoException, { method, path, signal }: TransportRequest, origin = ''): unknown {
  if (signal?.aborted) return signal.reason;
  return new ConnectionError(`${method} ${origin}${path}: ${error.message || error.code}`, { cause: error });
}
