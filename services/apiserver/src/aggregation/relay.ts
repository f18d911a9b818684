/** Requests of group-versions that an extension server answers, passed on as they are but for who asks. */
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RequestContext } from '../context.ts';
import type { Dispatcher } from '../endpoints/dispatch.ts';
import { hopByHop } from '../proxy/hop-by-hop.ts';
import { join } from '../proxy/join.ts';
import { hostPort, type Location, type ServiceLocator, ServiceUnreachable } from '../proxy/service-location.ts';
import { type Headers, identityHeaders, isIdentity } from './identity-headers.ts';
import type { RemoteService, RemoteServices } from './remote-services.ts';

export interface RelayOptions {
  remotes: RemoteServices;
  locate: ServiceLocator;
  /** Answers everything else. */
  local: Dispatcher;
}

/** Sends each request where it belongs. */
export function aggregator({ remotes, locate, local }: RelayOptions): Dispatcher {
  return (context) => {
    const { path } = context.info;
    const remote = remotes.find(path.startsWith(openApi) ? path.slice(openApi.length) : path);
    return remote ? relay(context, remote, locate) : local(context);
  };
}

/** Below it each group-version's own document. */
const openApi = '/openapi/v3';
const unavailable = 'service unavailable';

async function relay(context: RequestContext, remote: RemoteService, locate: ServiceLocator): Promise<void> {
  if (!remote.isAvailable) return fail(context, 503, unavailable);
  let location: Location;
  try {
    location = locate(remote.service);
  } catch (error) {
    if (error instanceof ServiceUnreachable) return fail(context, 503, unavailable);
    throw error;
  }
  await send(context, remote, location);
}

/** Upstream's aggregator speaks plainly where it has no answer of the extension server. */
function fail({ response }: RequestContext, code: number, message: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }).end(`${message}\n`);
}

const isOurs = (header: string): boolean => header === 'authorization' || header === 'expect' || header === 'host' || isIdentity(header);

function sentHeaders({ request, user, upgrade }: RequestContext, location: Location): Headers {
  const kept = Object.entries(request.headersDistinct).filter(
    ([name]) => !isOurs(name) && (upgrade !== undefined || !hopByHop.has(name) || name === 'transfer-encoding'),
  ) as [string, string[]][];
  const forwarded = [...(request.headersDistinct['x-forwarded-for'] ?? []), request.socket.remoteAddress ?? ''].filter(Boolean);
  return {
    ...Object.fromEntries(kept),
    host: [hostPort(location)],
    'x-forwarded-for': [forwarded.join(', ')],
    ...identityHeaders(user),
  };
}

function send(context: RequestContext, remote: RemoteService, location: Location): Promise<void> {
  const { request, response, upgrade, info } = context;
  const signal = context.signal();
  return new Promise((resolve) => {
    const outgoing = httpsRequest({
      agent: remote.agent,
      ...location,
      path: request.url ?? '/',
      method: request.method ?? 'GET',
      headers: sentHeaders(context, location),
    });
    const giveUp = (): void => void outgoing.destroy();
    response.once('close', () => {
      giveUp();
      resolve();
    });
    // What lasts as long as its client wants ends with the server too.
    if (info.verb === 'watch' || upgrade) signal.addEventListener('abort', giveUp, { once: true });
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      // The server has closed a connection that was idle: it has not seen this request.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET' && !hasBody(request) && !response.headersSent && !response.destroyed)
        return void send(context, remote, location).then(resolve);
      if (!response.destroyed) fail(context, 503, error.message);
      resolve();
    });
    outgoing.once('upgrade', (answer, backend, head) => {
      if (!upgrade) {
        backend.destroy();
        fail(context, 502, 'the backend wanted to upgrade a plain request');
      } else join(answer, { client: upgrade.socket, backend, signal, heads: { client: upgrade.head, backend: head } });
      resolve();
    });
    outgoing.once('response', (answer) => passBack(answer, context));
    if (upgrade) outgoing.end();
    else request.pipe(outgoing);
  });
}

/** What has been passed on once can't be passed on again. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;

function passBack(answer: IncomingMessage, context: RequestContext): void {
  const { response } = context;
  const { statusCode = 502 } = answer;
  // A client must not be sent where this server's word would vouch for what it finds.
  if (statusCode >= 300 && statusCode <= 399 && answer.headers.location !== undefined) {
    answer.resume();
    fail(context, 502, 'the backend attempted to redirect this request, which is not permitted');
    return;
  }
  const headers = Object.entries(answer.headersDistinct).filter(([name]) => !hopByHop.has(name));
  response.writeHead(statusCode, Object.fromEntries(headers) as Record<string, string[]>);
  response.flushHeaders();
  answer.once('error', () => response.destroy());
  answer.pipe(response);
}
