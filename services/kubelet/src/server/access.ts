/** Who may use the kubelet's API: whoever the cluster's authorizer lets at `nodes/<sub-resource>` of this node (v1.34, KEP-2862). */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { subjectAccessReviewKind, tokenReviewKind, type UserInfo } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Client } from '@t8s/client';
import { pathSegments } from './request-target.ts';

/** Undefined lets a request through; else why not: 401 for who is not known, 403 for who may not. */
export type Access = (request: IncomingMessage) => Promise<{ code: 401 | 403; message: string } | undefined>;

export interface AccessOptions {
  client: Client;
  nodeName: string;
  clock: Clock;
}

/** How long an answer of the API is taken for true, in milliseconds (upstream's). */
const tokenMs = 2 * 60_000;
const allowedMs = 5 * 60_000;
const refusedMs = 30_000;
/** Answers kept; what is beyond is asked again. */
const maxKnown = 1000;

/** Asks the API server for whom a token speaks (TokenReview), and what somebody may (SubjectAccessReview). The unknown are refused. */
export function apiAccess({ client, nodeName, clock }: AccessOptions): Access {
  const owners = new Answers<UserInfo | undefined>(clock);
  const verdicts = new Answers<boolean>(clock);
  return async (request) => {
    const user = certificateUser(request.socket as TLSSocket) ?? (await tokenUser(request.headers.authorization));
    if (!user) return { code: 401, message: 'Unauthorized' };
    const verb = verbs[request.method ?? ''] ?? '';
    const subresources = subresourcesOf(request.url ?? '/');
    for (const subresource of subresources) if (await may(user, verb, subresource)) return undefined;
    const what = `verb=${verb}, resource=nodes, subresource(s)=[${subresources.join(' ')}]`;
    return { code: 403, message: `Forbidden (user=${user.username ?? ''}, ${what})` };
  };

  async function tokenUser(header = ''): Promise<UserInfo | undefined> {
    const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
    if (token === undefined) return undefined;
    return owners.get(createHash('sha256').update(token).digest('base64'), async () => {
      const { status } = await client.resource(tokenReviewKind).create({ metadata: {}, spec: { token } });
      return { value: status?.authenticated ? status.user : undefined, ms: tokenMs };
    });
  }

  function may({ username = '', uid, groups = [], extra }: UserInfo, verb: string, subresource: string): Promise<boolean> {
    const resourceAttributes = { verb, version: 'v1', resource: 'nodes', subresource, name: nodeName };
    const spec = { user: username, groups, ...(uid && { uid }), ...(extra && { extra }), resourceAttributes };
    return verdicts.get(JSON.stringify(spec), async () => {
      const { status } = await client.resource(subjectAccessReviewKind).create({ metadata: {}, spec });
      const value = status?.allowed ?? false;
      return { value, ms: value ? allowedMs : refusedMs };
    });
  }
}

const verbs: Record<string, string> = { GET: 'get', HEAD: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** The sub-resource a path is about; any of several will do. What is no path is for those who may do anything. */
export function subresourcesOf(url: string): string[] {
  const [first = ''] = pathSegments(url) ?? [];
  if (first === 'stats' || first === 'metrics') return [first];
  if (first === 'logs') return ['log'];
  if (first === 'configz' || first === 'healthz' || first === 'pods') return [first, 'proxy'];
  return first === 'runningpods' ? ['pods', 'proxy'] : ['proxy'];
}

/** Common name and organisations of a certificate of the cluster's CA; undefined without one. */
function certificateUser(socket: TLSSocket): UserInfo | undefined {
  if (!socket.authorized) return undefined;
  const { CN, O } = socket.getPeerCertificate().subject as { CN?: string | string[]; O?: string | string[] };
  const [username] = [CN ?? []].flat();
  return username ? { username, groups: [...[O ?? []].flat(), 'system:authenticated'] } : undefined;
}

/** Answers that hold for a while. */
class Answers<T> {
  readonly #clock: Clock;
  readonly #known = new Map<string, { value: T; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async get(key: string, ask: () => Promise<{ value: T; ms: number }>): Promise<T> {
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now()) return known.value;
    const { value, ms } = await ask();
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(key, { value, until: this.#clock.now() + ms });
    return value;
  }
}
