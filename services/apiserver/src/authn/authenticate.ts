/** Who asks: the client certificate, else the bearer token, else nobody. */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { unauthorized } from '@t8s/meta';
import type { User } from '../context.ts';
import { certificateUser } from './client-certificate.ts';

/** Whose token it is, and for which of the audiences asked about it is good. */
export interface TokenOwner {
  user: User;
  audiences: readonly string[];
}

/**
 * Tells whose token it is, or undefined when it is none of its own. Throws Unauthorized for a bad one. Without `audiences` it must be
 * for this server.
 */
export type TokenAuthenticator = (token: string, audiences?: readonly string[]) => Promise<TokenOwner | undefined>;

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

export class Authenticator {
  readonly #tokens: TokenAuthenticator;
  /** A connection's certificate never changes. */
  readonly #bySocket = new WeakMap<object, User | null>();

  constructor({ tokens }: { tokens: TokenAuthenticator }) {
    this.#tokens = tokens;
  }

  async authenticate(request: IncomingMessage): Promise<User> {
    const user = this.#fromCertificate(request.socket as TLSSocket);
    if (user) return user;
    const header = request.headers.authorization;
    if (header === undefined) return anonymous;
    const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
    const owner = token === undefined ? undefined : await this.#tokens(token);
    if (!owner) throw unauthorized();
    return withKnownGroup(owner.user);
  }

  #fromCertificate(socket: TLSSocket): User | null {
    const known = this.#bySocket.get(socket);
    if (known !== undefined) return known;
    const user = socket.authorized ? certificateUser(socket.getPeerCertificate()) : null;
    this.#bySocket.set(socket, user);
    return user;
  }
}

/** Everybody who is known is in one more group. */
export const withKnownGroup = (user: User): User => ({ ...user, groups: [...user.groups, 'system:authenticated'] });
