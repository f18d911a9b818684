/** The REST client every component uses: typed resources over one transport. */

import type { ConnectionConfig } from '@t8s/component';
import type { KubeObject, Status } from '@t8s/meta';
import { StatusError } from '@t8s/meta';
import { WebSocket } from 'ws';
import { type ResourceClient, type ResourceRef, RestResourceClient } from './resource-client.ts';
import { readBody, Transport, type TransportRequest } from './transport.ts';

export interface ClientOptions {
  connection: ConnectionConfig;
  /** `component/version`: tells in the audit log who asked. */
  userAgent: string;
}

export interface Client {
  resource<T extends KubeObject>(kind: ResourceRef<T>): ResourceClient<T>;
  /** Sends a request and reads the answer; a failure status becomes the StatusError it holds. */
  request(request: TransportRequest): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }>;
  /** GETs a document: discovery, OpenAPI, version. */
  getJson<T>(path: string): Promise<T>;
  /** Sends a request whose answer is read as it comes: logs, watches. Failure statuses throw before anything is read. */
  stream(request: TransportRequest): Promise<AsyncIterable<Buffer>>;
  /** Opens a WebSocket (exec, attach, port-forward) with the first of `protocols` the server knows. */
  upgrade(path: string, protocols: readonly string[]): WebSocket;
  close(): void;
}

export function createClient({ connection, userAgent }: ClientOptions): Client {
  const transport = new Transport(connection, userAgent);
  const client: Client = {
    resource: (kind) => new RestResourceClient(client, kind),
    async request(request) {
      const response = await transport.send(request);
      const body = await readBody(response);
      const status = response.statusCode ?? 0;
      if (status >= 400) throw statusError(status, body);
      return { status, headers: response.headers, body };
    },
    async getJson<T>(path: string): Promise<T> {
      const { body } = await client.request({ method: 'GET', path, headers: { accept: 'application/json' } });
      return JSON.parse(body.toString()) as T;
    },
    async stream(request) {
      const response = await transport.send(request);
      const status = response.statusCode ?? 0;
      if (status >= 400) throw statusError(status, await readBody(response));
      return response as AsyncIterable<Buffer>;
    },
    upgrade(path, protocols) {
      const url = transport.url(path);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      return new WebSocket(url, [...protocols], { headers: transport.headers(), ...transport.tlsOptions() });
    },
    close: () => transport.close(),
  };
  return client;
}

/** The Status in an answer's body, or one made of the code where the answer holds none (a proxy in between). */
export function statusError(code: number, body: Buffer): StatusError {
  const text = body.toString();
  try {
    const status = JSON.parse(text) as Status;
    if (status.kind === 'Status') return new StatusError({ ...status, code: status.code ?? code });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason: code === 401 ? 'Unauthorized' : 'Unknown',
    message: text.trim() || `the server answered with status ${code}`,
  });
}
