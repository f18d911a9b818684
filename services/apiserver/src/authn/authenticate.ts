/** Who asks: a front proxy says so, or the client certificate, or the bearer token; else nobody known. */
import type { TLSSocket } from 'node:tls';
import { InvalidToken } from '@t8s/auth';
import { unauthorized } from '@t8s/meta';
import { annotate } from '../audit/audit.ts';
import type { RequestContext, User } from '../context.ts';
import { type FrontProxyHeaders, proxiedUser } from './front-proxy.ts';
import type { PeerCertificates } from './peer-certificate.ts';

/** Whose token it is, and for which of the audiences asked about it is good. */
export interface TokenOwner {
  user: User;
  audiences: readonly string[];
  /** What its user is to be told of the token, and what the audit log. */
  warning?: string;
  annotations?: Readonly<Record<string, string>>;
}

/**
 * Tells whose token it is, or undefined when it is none of its own. Throws InvalidToken for a bad one. Without `audiences` it must be
 * for this server.
 */
export type TokenAuthenticator = (token: string, audiences?: readonly string[]) => Promise<TokenOwner | undefined>;

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

export interface AuthenticatorOptions {
  tokens: TokenAuthenticator;
  certificates: PeerCertificates;
  frontProxy: FrontProxyHeaders;
  /** Whether requests without credentials are somebody (--anonymous-auth). */
  allowAnonymous: boolean;
}

export class Authenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Throws Unauthorized for credentials that are no good, which is not the same as none. */
  async authenticate(context: RequestContext): Promise<User> {
    const { certificates, frontProxy, allowAnonymous } = this.#options;
    const { request } = context;
    const peer = certificates.read(request.socket as TLSSocket);
    const proxied = peer && 'proxy' in peer ? proxiedUser(request, frontProxy) : undefined;
    if (proxied) return withKnownGroup(proxied);
    if (peer && 'user' in peer) return peer.user;
    const header = request.headers.authorization;
    if (header === undefined) {
      if (peer || !allowAnonymous) throw unauthorized();
      return anonymous;
    }
    const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
    const owner = token === undefined ? undefined : await this.#owner(token);
    if (!owner) throw unauthorized();
    if (owner.warning !== undefined) context.warnings.push(owner.warning);
    for (const [key, value] of Object.entries(owner.annotations ?? {})) annotate(context, key, value);
    return withKnownGroup(owner.user);
  }

  /** Why a token is bad is nobody's business. */
  async #owner(token: string): Promise<TokenOwner | undefined> {
    try {
      return await this.#options.tokens(token);
    } catch (error) {
      if (error instanceof InvalidToken) return undefined;
      throw error;
    }
  }
}

/** Asks one after the other; the first that knows the token, or knows it to be bad, has the last word. */
export function firstOf(...authenticators: readonly TokenAuthenticator[]): TokenAuthenticator {
  return async (token, audiences) => {
    for (const authenticate of authenticators) {
      const owner = await authenticate(token, audiences);
      if (owner) return owner;
    }
    return undefined;
  };
}

/** Everybody who is known is in one more group. */
export function withKnownGroup(user: User): User {
  const isSaid = user.groups.includes('system:authenticated') || user.groups.includes('system:unauthenticated');
  return isSaid || user.name === anonymous.name ? user : { ...user, groups: [...user.groups, 'system:authenticated'] };
}

/** The owner of a token that is good for this server, and so for what it is called only. */
export function ownerHere(user: User, own: readonly string[], wanted: readonly string[] = own): TokenOwner | undefined {
  const audiences = own.filter((audience) => wanted.includes(audience));
  return audiences.length > 0 ? { user, audiences } : undefined;
}
