/** Passes a request on to a backend, and its answer back, byte by byte as it comes. */
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { internalError, serviceUnavailable } from '@t8s/meta';
import type { RequestContext } from '../context.ts';
import type { Backend, ProxyPath } from './backend.ts';
import { hopByHop, namedInConnection } from './hop-by-hop.ts';
import { join } from './join.ts';
import { htmlRewriter, type LinkContext, rewriteLink } from './rewrite.ts';

/** How long a backend may take to accept the connection. Milliseconds. */
const dialMs = 30_000;
/** What the backend says of other origins is not the apiserver's to say. */
const corsHeaders = new Set([
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
]);

/** Resolves when the answer has ended, or when both ends speak a protocol of their own. Throws ServiceUnavailable. */
export function relay(context: RequestContext, backend: Backend, path: ProxyPath): Promise<void> {
  const { request, response, upgrade } = context;
  const signal = context.signal();
  const target = `${path.rest === '' ? '/' : path.rest}${path.query}`;
  const { scheme, host, port, tls } = backend;
  return new Promise((resolve, reject) => {
    const outgoing = (scheme === 'https' ? httpsRequest : httpRequest)({
      host,
      port,
      path: target,
      method: request.method,
      headers: requestHeaders(context, path),
      setHost: false,
      signal,
      agent: false,
      ...(scheme === 'https' && { ...tls, rejectUnauthorized: tls?.ca !== undefined }),
    });
    const dialing = setTimeout(() => outgoing.destroy(Object.assign(new Error('i/o timeout'), { code: 'ETIMEDOUT' })), dialMs);
    outgoing.once('socket', (socket) => socket.once(scheme === 'https' ? 'secureConnect' : 'connect', () => clearTimeout(dialing)));
    outgoing.once('close', () => clearTimeout(dialing));
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) return resolve();
      reject(serviceUnavailable(`error trying to reach service: ${dialError(error, `${host}:${port}`)}`));
    });
    outgoing.once('upgrade', (answer, socket, head) => {
      if (!upgrade) return void reject(internalError('the backend wanted to upgrade a plain request'));
      join(answer, { client: upgrade.socket, backend: socket, signal, heads: { client: upgrade.head, backend: head } });
      resolve();
    });
    outgoing.once('response', (answer) => {
      const { statusCode = 502 } = answer;
      if (upgrade && statusCode < 400) {
        answer.destroy();
        return reject(internalError(`invalid upgrade response: status code ${statusCode}`));
      }
      passOn(context, answer, { prefix: path.prefix, backendHost: `${host}:${port}`, requestHost: request.headers.host ?? '' }).then(
        resolve,
        // Once the head is out the answer just ends; before, it was no answer that could be passed on.
        (error: Error) =>
          response.headersSent ? resolve() : reject(serviceUnavailable(`error trying to reach service: ${error.message}`)),
      );
    });
    if (upgrade) outgoing.end();
    else request.pipe(outgoing);
  });
}

/** The client's headers, but for those of its connection and its credentials, and who it is. */
function requestHeaders({ request, upgrade }: RequestContext, path: ProxyPath): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  const named = namedInConnection(request.headers.connection);
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (!upgrade && (hopByHop.has(name) || named.has(name))) continue;
    if (values && name !== 'authorization' && name !== 'expect') headers[name] = name === 'host' ? values[0] : values;
  }
  if (!upgrade && request.headers['transfer-encoding']) headers['transfer-encoding'] = 'chunked';
  const client = request.socket.remoteAddress?.replace(/^::ffff:/, '');
  const before = request.headers['x-forwarded-for'];
  if (client) headers['x-forwarded-for'] = before ? `${before}, ${client}` : client;
  headers['x-forwarded-uri'] = path.prefix + path.rest;
  return headers;
}

async function passOn({ request, response }: RequestContext, answer: IncomingMessage, links: LinkContext): Promise<void> {
  const { statusCode = 502, statusMessage, headersDistinct } = answer;
  const named = namedInConnection(answer.headers.connection);
  const rewriting = rewriters(answer, request.method, links);
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    if (hopByHop.has(name) || named.has(name) || corsHeaders.has(name)) continue;
    if (name === 'content-length' && rewriting.length > 0) continue;
    response.setHeader(name, name === 'location' ? values.map((link) => rewriteLink(link, links)) : values);
  }
  response.writeHead(statusCode, statusMessage);
  response.flushHeaders();
  await pipeline([answer, ...rewriting, response]);
}

/** What a page goes through; nothing for what is no page, or is packed in a way that can't be undone here. */
function rewriters({ headers, statusCode }: IncomingMessage, method: string | undefined, links: LinkContext): Transform[] {
  const type = headers['content-type']?.split(';')[0]?.trim();
  if (type !== 'text/html' || headers.location !== undefined || statusCode === 304 || method === 'HEAD') return [];
  const coding = headers['content-encoding'] ?? '';
  if (coding === '') return htmlRewriter(links);
  return coding === 'gzip' ? [createGunzip(), ...htmlRewriter(links), createGzip()] : [];
}

/** In Go's words, which people know. */
function dialError({ code = '', message, syscall }: NodeJS.ErrnoException, address: string): string {
  const known: Record<string, string> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: syscall === 'connect' ? 'connect: connection timed out' : 'i/o timeout',
  };
  return known[code] ? `dial tcp ${address}: ${known[code]}` : code === 'ECONNRESET' ? 'EOF' : message;
}
