/** HTTPS: every request becomes a context and goes into the chain; what comes out as an error becomes a Status. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { badRequest, internalError, StatusError, serviceUnavailable } from '@t8s/meta';
import { StoreUnavailable } from '@t8s/storage';
import type { Logger } from '@t8s/telemetry';
import type { Chain } from './chain.ts';
import { refuseMalformed } from './client-error.ts';
import type { RequestContext } from './context.ts';
import { withinDeadline } from './flowcontrol/deadline.ts';
import { answerError } from './negotiation/answer.ts';
import { isLongRunning, requestInfo } from './request-info.ts';
import type { Serving } from './serving-files.ts';

export interface ServerOptions {
  serving: Serving;
  chain: Chain;
  log: Logger;
  /** Aborts when the server begins to shut down: watches end. */
  stopping: AbortSignal;
  /** The longest a request may take, and a connection be silent within one. Milliseconds. */
  requestTimeoutMs: number;
}

/** Longest request line and headers taken, in bytes (that of Go's net/http). */
const maxHeaderSize = 1024 * 1024;
/** How long a client may take for its TLS handshake, and for the head of a request (upstream's). Milliseconds. */
const headTimeoutMs = 32_000;
/** How long what is left of a refused body is read past, so that the client gets to see the refusal. Milliseconds. */
const lingerMs = 5000;

export function createApiServer({ serving, ...options }: ServerOptions): Server {
  // A client needs no certificate, and one with a foreign one may still have a token: authentication decides.
  const tls = { ...secureContext(serving), requestCert: true, rejectUnauthorized: false };
  const headersTimeout = Math.min(headTimeoutMs, options.requestTimeoutMs);
  const limits = {
    maxHeaderSize,
    keepAliveTimeout: 75_000,
    handshakeTimeout: headersTimeout,
    headersTimeout,
    connectionsCheckingInterval: headersTimeout / 4,
    requestTimeout: 0,
  };
  const server = createServer({ ...tls, ...limits }, (request, response) => void handle(request, response, options));
  // A client that neither sends what it announced nor takes what it asked for is cut off.
  server.setTimeout(options.requestTimeoutMs);
  refuseMalformed(server);
  server.on('upgrade', (request, socket: Socket, head) => {
    // Refusals are ordinary answers; an accepted stream takes the socket over.
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.shouldKeepAlive = false;
    socket.on('error', () => socket.destroy());
    response.once('finish', () => socket.end());
    void handle(request, response, options, { socket, head });
  });
  return server;
}

/** What new connections are served with, and the certificates they are asked for. */
export const secureContext = ({ tls, clientCa, requestHeaderCa }: Serving): SecureContextOptions => ({
  ...tls,
  ca: [clientCa, ...(requestHeaderCa === undefined ? [] : [requestHeaderCa])],
  minVersion: 'TLSv1.2',
});

/** Answers one request, whatever happens. */
export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { chain, log, stopping, requestTimeoutMs }: Pick<ServerOptions, 'chain' | 'log' | 'stopping' | 'requestTimeoutMs'>,
  upgrade?: RequestContext['upgrade'],
): Promise<void> {
  const warnings: string[] = [];
  try {
    const context = contextOf(request, response, { stopping, warnings });
    if (isLongRunning(context.info)) request.socket.setTimeout(0);
    const work = (): Promise<void> => chain(upgrade ? { ...context, upgrade } : context);
    await withinDeadline(context, { max: requestTimeoutMs, work });
  } catch (error) {
    // Nobody is left to hear of it.
    if (response.destroyed) return;
    answerError(response, asStatus(error, request, log), warnings);
  }
  if (!request.complete && !upgrade) dropRest(request);
}

/** Nobody reads the rest of the body: the connection ends soon. */
function dropRest(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.destroy(), lingerMs).unref();
  request.once('close', () => clearTimeout(timer));
}

/** Nobody adds to the query of a request. */
const noQuery = new URLSearchParams();

function contextOf(
  request: IncomingMessage,
  response: ServerResponse,
  { stopping, warnings }: { stopping: AbortSignal; warnings: string[] },
): RequestContext {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  let signal: AbortSignal | undefined;
  const query = mark < 0 ? noQuery : new URLSearchParams(url.slice(mark + 1));
  try {
    const info = requestInfo(request.method ?? '', mark < 0 ? url : url.slice(0, mark), query);
    return {
      request,
      response,
      info,
      query,
      user: { name: '', groups: [] },
      warnings,
      annotations: new Map(),
      signal: () => {
        signal ??= endOf(response, stopping);
        return signal;
      },
    };
  } catch (error) {
    if (error instanceof URIError) throw badRequest('the path has a malformed escape');
    throw error;
  }
}

/** Aborts when the client goes away or the server stops. */
function endOf(response: ServerResponse, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  else response.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, stopping]);
}

/** Errors of the catalogue as they are; anything else is our own fault and is logged. */
function asStatus(error: unknown, request: IncomingMessage, log: Logger): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof StoreUnavailable) return serviceUnavailable(error.message);
  log.error({ err: error, method: request.method, path: request.url?.split('?')[0] }, 'request failed');
  return internalError((error as Error).message);
}
