/** The kubelet's own API (port 10250): logs, exec, attach, port-forward, pods, health, metrics. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Pod } from '@t8s/api';
import type { KeyPair } from '@t8s/auth';
import type { Held } from '@t8s/component';
import type { Logger } from '@t8s/telemetry';
import type { Access } from './access.ts';
import { HttpFailure } from './http-failure.ts';
import { type LogOptions, readLog } from './log-reader.ts';
import { requestTarget } from './request-target.ts';
import { StreamServer, type StreamServerOptions, type UpgradeRequest } from './stream-server.ts';

export interface KubeletServerOptions extends StreamServerOptions {
  address: string;
  port: number;
  /** Connections that begin before there is one fail. */
  certificate: Held<KeyPair | undefined>;
  /** The CA that client certificates must chain to. */
  clientCa: Held<string>;
  access: Access;
  pods(): Pod[];
  metrics(): Promise<string>;
  /** The text of /metrics/resource. */
  resourceMetrics(): Promise<string>;
  signal: AbortSignal;
}

/** Longest request line and headers taken, in bytes (that of Go's net/http): the command of an exec is in the query. */
const maxHeaderSize = 1024 * 1024;

/** Listens until the signal aborts. Resolves with the port. */
export function serveKubelet(options: KubeletServerOptions): Promise<number> {
  const { address, port, certificate, clientCa, signal, log } = options;
  const context = (): SecureContextOptions => ({ ...certificate.current, ...(clientCa.current !== undefined && { ca: clientCa.current }) });
  const server: Server = createServer({ ...context(), maxHeaderSize, requestCert: true, rejectUnauthorized: false });
  // For new connections; those that stand go on.
  for (const held of [certificate, clientCa]) held.onChange(() => server.setSecureContext(context()));
  // What its certificate proved may prove nothing any more.
  clientCa.onChange(() => server.closeIdleConnections());
  const streams = new StreamServer(options);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    respond(options, request, response).catch((error: unknown) => fail(response, error, log));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A client may go at any moment; those that serve it hear of its 'close'.
    socket.on('error', () => undefined);
    upgrade(streams, options.access, { request, socket, head }).catch((error: unknown) => refuse(socket, error));
  });
  signal.addEventListener('abort', () => {
    server.close();
    server.closeAllConnections();
    streams.close();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve((server.address() as AddressInfo).port));
  });
}

async function respond(options: KubeletServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await requireAccess(options.access, request);
  const { path, query } = requestTarget(request.url);
  const [action = '', ...rest] = path;
  if (action === 'healthz') return void response.end('ok');
  if (action === 'metrics') {
    const gather = { '': options.metrics, resource: options.resourceMetrics }[rest.join('/')];
    if (gather) return void response.setHeader('content-type', 'text/plain; version=0.0.4').end(await gather());
  }
  if (action === 'pods') return void response.setHeader('content-type', 'application/json').end(podList(options.pods()));
  if (action === 'containerLogs') return sendLog(options, { rest, query }, response);
  if (action === 'exec' || action === 'attach' || action === 'portForward')
    throw new HttpFailure(400, `unable to upgrade: ${action} wants SPDY/3.1 or a WebSocket`);
  throw new HttpFailure(404, '404 page not found');
}

async function requireAccess(access: Access, request: IncomingMessage): Promise<void> {
  const refusal = await access(request);
  if (refusal) throw new HttpFailure(refusal.code, refusal.message);
}

function podList(items: Pod[]): string {
  return JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items });
}

async function sendLog(
  { container }: KubeletServerOptions,
  { rest, query }: { rest: string[]; query: URLSearchParams },
  response: ServerResponse,
): Promise<void> {
  const [namespace = '', pod = '', name = ''] = rest;
  const served = container(namespace, pod, name, query.get('previous') === 'true');
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  const log = readLog({ path: served.logPath, ended: served.ended }, logOptions(query), abort.signal);
  response.setHeader('content-type', 'text/plain');
  response.flushHeaders();
  for await (const part of log) {
    if (!response.write(part) && !response.destroyed)
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  }
  response.end();
}

function logOptions(query: URLSearchParams): LogOptions {
  const number = (name: string): number | undefined => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0) throw new HttpFailure(400, `invalid ${name}: ${text}`);
    return value;
  };
  const sinceSeconds = number('sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const since = sinceSeconds === undefined ? (sinceTime ? Date.parse(sinceTime) : undefined) : Date.now() - sinceSeconds * 1000;
  const [tailLines, limitBytes] = [number('tailLines'), number('limitBytes')];
  const stream = query.get('stream');
  return {
    follow: query.get('follow') === 'true',
    timestamps: query.get('timestamps') === 'true',
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(since !== undefined && { since }),
    ...((stream === 'Stdout' || stream === 'Stderr') && { stream }),
  };
}

async function upgrade(streams: StreamServer, access: Access, { request, socket, head }: UpgradeRequest): Promise<void> {
  await requireAccess(access, request);
  const { path, query } = requestTarget(request.url);
  await streams.serve(path, query, { request, socket, head });
}

function fail(response: ServerResponse, error: unknown, log: Logger): void {
  const code = error instanceof HttpFailure ? error.code : 500;
  if (code === 500) log.warn({ err: error }, 'request failed');
  if (response.headersSent) response.destroy();
  else response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(`${(error as Error).message}\n`);
}

function refuse(socket: Duplex, error: unknown): void {
  const { code, headers } = error instanceof HttpFailure ? error : new HttpFailure(500, '');
  const body = `${(error as Error).message}\n`;
  const lines = {
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code]}\r\n${head.join('')}\r\n${body}`);
}
