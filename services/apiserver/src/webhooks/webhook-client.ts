/** Asks webhooks: HTTPS to a URL or a service of the cluster, whose certificate the CA bundle must vouch for. */
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { ServiceLocator } from '../proxy/service-location.ts';
import { dialProblem, statusProblem } from './go-words.ts';

/** Where a webhook is: `clientConfig` of those who call one. */
export interface WebhookTarget {
  url?: string;
  service?: { namespace: string; name: string; path?: string; port?: number };
  /** PEM texts in base64; without it the roots of this machine vouch. */
  caBundle?: string;
}

export interface Call {
  body: object;
  /** Milliseconds; the webhook is told it in the query, as upstream tells it. */
  timeout: number;
}

/** A webhook that could not be asked, or gave no answer of use; the message is the one upstream would give. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

/** Answers are read up to this. Bytes. */
const maxAnswer = 64 * 1024 * 1024;

export class WebhookClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 100 });
  readonly #locate: ServiceLocator;

  constructor({ locate }: { locate: ServiceLocator }) {
    this.#locate = locate;
  }

  /** POSTs JSON and returns the JSON of the answer. Throws WebhookError. */
  async post(target: WebhookTarget, { body, timeout }: Call): Promise<unknown> {
    const url = urlOf(target);
    url.searchParams.set('timeout', `${Math.ceil(timeout / 1000)}s`);
    const fail = (why: string): WebhookError => new WebhookError(`Post ${JSON.stringify(shown(url, target))}: ${why}`);
    const { code, bytes } = await this.#send(url, target, { body, timeout }).catch((error: unknown) => {
      throw fail(dialProblem(error as Error));
    });
    if (code < 200 || code > 299) throw new WebhookError(statusProblem(code, bytes));
    try {
      return JSON.parse(bytes.toString());
    } catch (error) {
      throw new WebhookError(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(url: URL, { service, caBundle }: WebhookTarget, { body, timeout }: Call): Promise<{ code: number; bytes: Buffer }> {
    const payload = Buffer.from(JSON.stringify(body));
    const address = service ? this.#locate({ port: 443, ...service }) : { host: bare(url.hostname), port: Number(url.port || 443) };
    const options: RequestOptions = {
      ...address,
      agent: this.#agent,
      method: 'POST',
      path: url.pathname + url.search,
      servername: /^[\d.]+$|:/.test(bare(url.hostname)) ? '' : url.hostname,
      headers: { host: url.host, accept: 'application/json', 'content-type': 'application/json', 'content-length': payload.length },
      signal: AbortSignal.timeout(timeout),
      ...(caBundle && { ca: Buffer.from(caBundle, 'base64').toString() }),
    };
    return exchange(options, payload);
  }
}

function exchange(options: RequestOptions, payload: Buffer): Promise<{ code: number; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(options, (response) => {
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxAnswer) response.destroy(new Error('the answer is too long'));
      });
      buffer(response).then((bytes) => resolve({ code: response.statusCode ?? 0, bytes }), reject);
    });
    request.once('error', (error: NodeJS.ErrnoException) => {
      // The server has closed a connection that was idle: it has not seen this request.
      if (request.reusedSocket && error.code === 'ECONNRESET') exchange(options, payload).then(resolve, reject);
      else reject(error);
    });
    request.end(payload);
  });
}

/** The address as requests name it; a service's is resolved apart from it. */
function urlOf({ url, service }: WebhookTarget): URL {
  if (!service) return new URL(url ?? '');
  const { name, namespace, path = '/', port = 443 } = service;
  const made = new URL(`https://${name}.${namespace}.svc`);
  made.port = String(port);
  made.pathname = path;
  return made;
}

/** Of a service upstream names the port in any case. */
const shown = (url: URL, { service }: WebhookTarget): string =>
  service && url.port === '' ? url.href.replace(url.host, `${url.host}:443`) : url.href;

/** `[::1]` → `::1`. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');
