/** The REST client every component uses: typed resources over one transport. */
import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { sleep } from '@t8s/async';
import type { ConnectionConfig } from '@t8s/component';
import type { KubeObject } from '@t8s/meta';
import { WebSocket } from 'ws';
import { type ResourceClient, type ResourceRef, RestResourceClient } from './resource-client.ts';
import { statusError, upgradeError } from './status-error.ts';
import { type ClientCertificate, readBody, readChunks, Transport, type TransportRequest } from './transport.ts';
import { readWarnings } from './warnings.ts';

export interface ClientOptions {
  connection: ConnectionConfig;
  /** `component/version`: tells in the audit log who asked. */
  userAgent: string;
  /** Who is asked for instead (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation). */
  impersonate?: { user: string; groups?: readonly string[]; uid?: string };
  /**
   * A certificate that is renewed while the client uses it: asked before each request. Another one is presented by new connections,
   * those that stand go on.
   */
  certificate?: () => ClientCertificate | undefined;
  /** Told of each Warning header the server sends. */
  onWarning?: (message: string) => void;
}

export interface Client {
  resource<T extends KubeObject>(kind: ResourceRef<T>): ResourceClient<T>;
  /**
   * Sends a request and reads the answer; a failure status becomes the StatusError it holds. Where the server names a time to
   * come again (429, 5xx with Retry-After), comes again, up to ten times.
   */
  request(request: TransportRequest): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>;
  /** GETs a document: discovery, OpenAPI, version. */
  getJson<T>(path: string): Promise<T>;
  /**
   * Sends a request whose answer is read as it comes: logs, watches. Failure statuses throw before anything is read. What is
   * read ends when the signal aborts, and throws ConnectionError when the connection breaks.
   */
  stream(request: TransportRequest): Promise<AsyncIterable<Buffer>>;
  /**
   * Opens a WebSocket (exec, attach, port-forward) with the first of `protocols` the server knows. A refusal comes as an
   * 'error' event with the server's StatusError.
   */
  upgrade(path: string, protocols: readonly string[]): WebSocket;
  /**
   * The bare connection for another protocol than WebSocket (SPDY), which `headers` ask for. Throws StatusError or UpgradeError
   * where it is refused.
   */
  tunnel(path: string, headers: Record<string, string>): Promise<Duplex>;
  close(): void;
}

/** Tokens of one identity that are renewed while a client uses them. */
export interface TokenSource {
  /** The token for the next request. */
  get(): Promise<string>;
  /** The server does not know it any more: the next one must be another. */
  refused(token: string): void;
}

const maxRetries = 10;

export function createClient({ connection, userAgent, impersonate, certificate, onWarning }: ClientOptions): Client {
  const headers = impersonate ? impersonation(impersonate) : {};
  const transport = new Transport({ connection, userAgent, headers, ...(certificate && { certificate }) });
  return clientOver(transport, { ...(onWarning && { onWarning }) });
}

/**
 * Clients of several identities over the same connections, one for each source of tokens. `connection` brings no credentials of
 * its own. Closing one of them closes all.
 */
export function createTokenClients({ connection, userAgent }: ClientOptions): (tokens: TokenSource) => Client {
  const transport = new Transport({ connection, userAgent });
  return (tokens) => clientOver(transport, { tokens });
}

interface ClientParts {
  onWarning?: (message: string) => void;
  tokens?: TokenSource;
}

function clientOver(transport: Transport, { onWarning, tokens }: ClientParts): Client {
  /** Sends with the identity's token; a refused one is not used again. */
  const send = async <T>(
    request: TransportRequest,
    by: (request: TransportRequest) => Promise<T>,
    statusOf: (answer: T) => number,
  ): Promise<T> => {
    if (!tokens) return by(request);
    const token = await tokens.get();
    const answer = await by({ ...request, headers: { authorization: `Bearer ${token}`, ...request.headers } });
    if (statusOf(answer) === 401) tokens.refused(token);
    return answer;
  };
  const client: Client = {
    resource: (kind) => new RestResourceClient(client, kind),
    async request(request) {
      for (let tries = 0; ; tries++) {
        const { response, body } = await send(
          request,
          (one) => transport.request(one),
          (answer) => answer.response.statusCode ?? 0,
        );
        const { statusCode: status = 0, headers } = response;
        if (onWarning && headers.warning !== undefined) for (const message of readWarnings(headers.warning)) onWarning(message);
        if (status < 400) return { status, headers, body };
        const seconds = Number(headers['retry-after']);
        if (tries >= maxRetries || !(status === 429 || status >= 500) || !(seconds > 0)) throw statusError(status, body);
        await sleep(seconds * 1000, request.signal && { signal: request.signal });
      }
    },
    async getJson<T>(path: string): Promise<T> {
      const { body } = await client.request({ method: 'GET', path, headers: { accept: 'application/json' } });
      return JSON.parse(body.toString()) as T;
    },
    async stream(request) {
      const response = await send(
        request,
        (one) => transport.stream(one),
        (answer) => answer.statusCode ?? 0,
      );
      const { statusCode: status = 0 } = response;
      if (status >= 400) throw statusError(status, await readBody(response, request));
      return readChunks(response, request);
    },
    upgrade(path, protocols) {
      const url = transport.url(path);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      const socket = new WebSocket(url, [...protocols], { headers: transport.headers(), ...transport.tlsOptions() });
      // ws ends the handshake with what its request's 'error' says.
      socket.on('unexpected-response', (handshake, response) => {
        readBody(response, { method: 'GET', path }).then(
          (body) => handshake.emit('error', upgradeError(response.statusCode ?? 0, body)),
          (error: Error) => handshake.emit('error', error),
        );
      });
      return socket;
    },
    async tunnel(path, headers) {
      const request: TransportRequest = { method: 'POST', path, headers };
      const answer = await transport.upgrade(request);
      if (!(answer instanceof IncomingMessage)) return answer;
      throw upgradeError(answer.statusCode ?? 0, await readBody(answer, request));
    },
    close: () => transport.close(),
  };
  return client;
}

const impersonation = ({ user, groups = [], uid }: NonNullable<ClientOptions['impersonate']>): Record<string, string | string[]> => ({
  'impersonate-user': user,
  ...(groups.length > 0 && { 'impersonate-group': [...groups] }),
  ...(uid && { 'impersonate-uid': uid }),
});
