import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Status } from '@t8s/meta';
import type { Cluster } from './harness.ts';

export interface OneRequest {
  method?: string;
  path: string;
  body?: string;
  headers?: Record<string, string>;
}

export interface OneAnswer {
  code: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
  /** What the text says, where it is JSON. */
  body: Status;
}

/** The answer to one request of an administrator, as the wire has it: a client would follow Retry-After, and ask again for a while. */
export async function answerOf({ api, pki }: Cluster, { method = 'GET', path, body = '', headers = {} }: OneRequest): Promise<OneAnswer> {
  const identity = await pki.client('admin', ['system:masters']);
  const asking = request(`${api.url}${path}`, { method, headers, ca: pki.ca, agent: false, ...identity }).end(body);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const told = await text(response);
  const isJson = response.headers['content-type'] === 'application/json' && response.headers['content-encoding'] === undefined;
  return { code: response.statusCode, headers: response.headers, text: told, body: (isJson ? JSON.parse(told) : {}) as Status };
}
