/** The kubelet's own API (port 10250): logs, exec, attach, pods, health, metrics. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Pod } from '@t8s/api';
import type { Logger } from '@t8s/telemetry';
import { WebSocketServer } from 'ws';
import type { ContainerStreams } from '../runtime/container-streams.ts';
import { authorize } from './client-identity.ts';
import { HttpFailure } from './http-failure.ts';
import { type LogOptions, readLog } from './log-reader.ts';
import { exitStatus, failureStatus, finish, protocols, streamEnds } from './stream-channels.ts';

export interface ServedContainer {
  pod: Pod;
  id: string;
  logPath: string;
  tty: boolean;
  stdin: boolean;
  running: boolean;
  /** Resolves when the container has ended. */
  ended: Promise<void>;
}

export interface KubeletServerOptions {
  address: string;
  port: number;
  cert: string;
  key: string;
  /** The CA that client certificates must chain to. */
  clientCa: string;
  streams: ContainerStreams;
  /** Throws HttpFailure with upstream's words where there is none. */
  container(namespace: string, pod: string, container: string, previous: boolean): ServedContainer;
  pods(): Pod[];
  metrics(): Promise<string>;
  log: Logger;
  signal: AbortSignal;
}

/** Listens until the signal aborts. Resolves with the port. */
export function serveKubelet(options: KubeletServerOptions): Promise<number> {
  const { address, port, cert, key, clientCa, signal, log } = options;
  const server: Server = createServer({ cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: false });
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    respond(options, request, response).catch((error: unknown) => fail(response, error, log));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrade({ options, sockets, request, socket, head }).catch((error: unknown) => refuse(socket, error));
  });
  signal.addEventListener('abort', () => {
    server.close();
    server.closeAllConnections();
    for (const client of sockets.clients) client.terminate();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve((server.address() as AddressInfo).port));
  });
}

async function respond(options: KubeletServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://kubelet');
  const verdict = authorize(request.socket as TLSSocket, (request.method ?? 'GET').toLowerCase());
  if (!verdict.ok) throw new HttpFailure(verdict.code, verdict.message);
  const [action = '', ...rest] = url.pathname.split('/').slice(1).map(decodeURIComponent);
  if (action === 'healthz') return void response.end('ok');
  if (action === 'metrics') return void response.setHeader('content-type', 'text/plain; version=0.0.4').end(await options.metrics());
  if (action === 'pods') return void response.setHeader('content-type', 'application/json').end(podList(options.pods()));
  if (action === 'containerLogs') return sendLog(options, { rest, query: url.searchParams }, response);
  if (action === 'exec' || action === 'attach')
    throw new HttpFailure(400, `unable to upgrade: ${action} wants a WebSocket with one of the protocols ${protocols.join(', ')}`);
  if (action === 'portForward') throw new HttpFailure(501, 'this kubelet does not forward ports');
  throw new HttpFailure(404, '404 page not found');
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

interface Upgrade {
  options: KubeletServerOptions;
  sockets: WebSocketServer;
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

async function upgrade({ options, sockets, request, socket, head }: Upgrade): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://kubelet');
  const verdict = authorize(socket as TLSSocket, 'create');
  if (!verdict.ok) throw new HttpFailure(verdict.code, verdict.message);
  const [action = '', namespace = '', pod = '', ...last] = url.pathname.split('/').slice(1).map(decodeURIComponent);
  if (action === 'portForward') throw new HttpFailure(501, 'this kubelet does not forward ports');
  if (action !== 'exec' && action !== 'attach') throw new HttpFailure(404, '404 page not found');
  if ((request.headers.upgrade ?? '').toLowerCase() !== 'websocket')
    throw new HttpFailure(400, `unable to upgrade: ${request.headers.upgrade} is not spoken here, WebSocket is`);
  const served = options.container(namespace, pod, last.at(-1) ?? '', false);
  if (!served.running) throw new HttpFailure(500, `container not found ("${last.at(-1) ?? ''}")`);
  const has = (...names: string[]): boolean => names.some((name) => ['1', 'true'].includes(url.searchParams.get(name) ?? ''));
  const tty = action === 'exec' ? has('tty') : served.tty;
  const wanted = {
    stdin: has('input', 'stdin') && (action === 'exec' || served.stdin),
    stdout: has('output', 'stdout'),
    stderr: has('error', 'stderr'),
    tty,
  };
  if (!wanted.stdin && !wanted.stdout && !wanted.stderr) throw new HttpFailure(400, 'you must specify at least 1 of stdin, stdout, stderr');
  const cmd = url.searchParams.getAll('command');
  sockets.handleUpgrade(request, socket, head, (client) => {
    client.on('error', (error) => options.log.debug({ err: error }, 'a stream was cut'));
    const ends = streamEnds(client, wanted);
    const run = async () => {
      if (action === 'attach') {
        await options.streams.attach({ containerId: served.id, tty }, ends);
        return { status: 'Success' };
      }
      return exitStatus(cmd, await options.streams.exec({ containerId: served.id, cmd, tty }, ends));
    };
    const what = action === 'exec' ? 'error executing command in container' : 'error attaching to container';
    run()
      .catch((error: unknown) => failureStatus(what, error))
      .then((status) => finish(client, status))
      .catch((error: unknown) => options.log.debug({ err: error }, 'a stream ended before its outcome was sent'));
  });
}

function fail(response: ServerResponse, error: unknown, log: Logger): void {
  const code = error instanceof HttpFailure ? error.code : 500;
  if (code === 500) log.warn({ err: error }, 'request failed');
  if (response.headersSent) response.destroy();
  else response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(`${(error as Error).message}\n`);
}

const reasons: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  501: 'Not Implemented',
};

function refuse(socket: Duplex, error: unknown): void {
  const code = error instanceof HttpFailure ? error.code : 500;
  const body = `${(error as Error).message}\n`;
  socket.end(
    `HTTP/1.1 ${code} ${reasons[code] ?? 'Internal Server Error'}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
