/** Requests as the wire has them: nothing is repeated, followed or thrown. */
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { ConnectionConfig } from '@t8s/component';
import type { Status } from '@t8s/meta';

export interface Ask {
  method?: string;
  /** Sent as it is. */
  path: string;
  body?: string | Buffer | object;
  headers?: Record<string, string>;
}

export interface Answer {
  code: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body where it is a Status. */
  status: Status;
}

export interface RawClient {
  (ask: Ask): Promise<Answer>;
  /** For requests that are not sent in one piece. */
  options: RequestOptions;
  close(): void;
}

export function rawClient({ server, ca, cert, key }: ConnectionConfig): RawClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const { hostname: host, port } = new URL(server);
  const options: RequestOptions = { host, port, agent, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const ask = async ({ method = 'GET', path, body, headers = {} }: Ask): Promise<Answer> => {
    const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const length = bytes === undefined || headers['transfer-encoding'] ? {} : { 'content-length': Buffer.byteLength(bytes) };
    const type = bytes === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request({ ...options, method, path, headers: { ...type, ...length, ...headers } });
    sent.end(bytes);
    return answerTo((await once(sent, 'response')) as [IncomingMessage]);
  };
  return Object.assign(ask, { options, close: () => agent.destroy() });
}

/** Reads an answer to its end. */
export async function answerTo([response]: [IncomingMessage]): Promise<Answer> {
  const body = (await buffer(response)).toString();
  const status = /^\s*\{/.test(body) ? (JSON.parse(body) as Status) : {};
  return { code: response.statusCode ?? 0, headers: response.headers, body, status };
}
