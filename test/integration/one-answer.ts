import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import type { Status } from '@t8s/meta';
import type { Cluster } from './harness.ts';

export interface OneAnswer {
  code: number | undefined;
  headers: IncomingHttpHeaders;
  body: Status;
}

/** The answer to one request of an administrator, as the wire has it: a client would follow Retry-After, and ask again for a while. */
export async function answerOf(
  { api, pki }: Cluster,
  { method = 'GET', path, body = '' }: { method?: string; path: string; body?: string },
): Promise<OneAnswer> {
  const identity = await pki.client('admin', ['system:masters']);
  const asking = request(`${api.url}${path}`, { method, ca: pki.ca, agent: false, ...identity }).end(body);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return { code: response.statusCode, headers: response.headers, body: (await json(response)) as Status };
}
