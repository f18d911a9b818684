/** Documents of an extension server, read in the aggregator's own name. */
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { ServiceLocator } from '../proxy/service-location.ts';
import { identityHeaders } from './identity-headers.ts';
import type { RemoteService } from './remote-services.ts';

export interface Fetched {
  contentType: string;
  document: Record<string, unknown>;
}

interface Known extends Fetched {
  etag: string | undefined;
}

/** Milliseconds. */
const patience = 5000;

/** Remembers what it has read, so that what has not changed need not come again. */
export class RemoteFetch {
  readonly #locate: ServiceLocator;
  readonly #known = new WeakMap<RemoteService['agent'], Map<string, Known>>();

  constructor(locate: ServiceLocator) {
    this.#locate = locate;
  }

  /** The JSON at a path; undefined where there is none, or none in a form that is accepted. Throws what went wrong otherwise. */
  async get(remote: RemoteService, path: string, accept = 'application/json'): Promise<Fetched | undefined> {
    const known = this.#known.get(remote.agent) ?? new Map<string, Known>();
    this.#known.set(remote.agent, known);
    const etag = known.get(path)?.etag;
    const { status, headers, body } = await this.#read(remote, path, { accept, ...(etag && { 'if-none-match': etag }) });
    if (status === 304) return known.get(path);
    known.delete(path);
    if (status === 404 || status === 406) return undefined;
    if (status !== 200) throw new Error(`${path} of service ${remote.service.namespace}/${remote.service.name} answers ${status}`);
    const document = JSON.parse(body.toString()) as Record<string, unknown>;
    const fetched: Known = { contentType: headers['content-type'] ?? '', document, etag: headers.etag };
    known.set(path, fetched);
    return fetched;
  }

  #read(remote: RemoteService, path: string, headers: Record<string, string>): Promise<Answer> {
    const location = this.#locate(remote.service);
    return new Promise((resolve, reject) => {
      const identity = identityHeaders({ name: 'system:kube-aggregator', groups: ['system:masters'] });
      const sent = request({
        agent: remote.agent,
        ...location,
        path,
        headers: { ...headers, ...identity },
        signal: AbortSignal.timeout(patience),
      });
      sent.once('error', (error: NodeJS.ErrnoException) => {
        // The server has closed a connection that was idle: it has not seen this request.
        if (sent.reusedSocket && error.code === 'ECONNRESET') this.#read(remote, path, headers).then(resolve, reject);
        else reject(error);
      });
      sent.once('response', (answer) => {
        buffer(answer).then((body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }), reject);
      });
      sent.end();
    });
  }
}

interface Answer {
  status: number;
  headers: { 'content-type'?: string; etag?: string };
  body: Buffer;
}
