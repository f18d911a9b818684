/** Service-account tokens: JWTs with the claims that upstream's token controller and TokenRequest put in (KEP-1205). */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';

export interface BoundReference {
  name: string;
  uid: string;
}

/** Whom a token speaks for, and what it is bound to: it dies with each of these objects. */
export interface TokenSubject {
  namespace: string;
  serviceAccount: BoundReference;
  pod?: BoundReference;
  secret?: BoundReference;
  node?: BoundReference;
}

export interface TokenClaims extends TokenSubject {
  audiences: readonly string[];
  /** Seconds since the epoch. */
  issuedAt: number;
  expiresAt: number;
  /** The token's own id, for audit. */
  id: string;
  /** When the kubelet should have replaced the token; seconds since the epoch. */
  warnAfter?: number;
}

/** The token is none of ours, or no longer good. The message says why, and never goes to the client. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
}

export interface IssueOptions {
  subject: TokenSubject;
  audiences: readonly string[];
  /** Seconds since the epoch. */
  now: number;
  lifetimeSeconds: number;
  warnAfterSeconds?: number;
}

export type TokenIssuer = (options: IssueOptions) => Promise<string>;
export type TokenVerifier = (token: string, options: { audiences: readonly string[]; now: number }) => Promise<TokenClaims>;

/** Signs with a PEM private key (RSA or P-256). Throws the crypto module's error for a key that is none. */
export function createTokenIssuer({ key, issuer }: { key: string; issuer: string }): TokenIssuer {
  const privateKey = createPrivateKey(key);
  const header = { alg: algorithm(privateKey), kid: keyId(createPublicKey(privateKey)) };
  return ({ subject, audiences, now, lifetimeSeconds, warnAfterSeconds }) => {
    const { namespace, serviceAccount, pod, secret, node } = subject;
    const kubernetes = {
      namespace,
      ...(node && { node }),
      ...(pod && { pod }),
      ...(secret && { secret }),
      serviceaccount: serviceAccount,
      ...(warnAfterSeconds !== undefined && { warnafter: now + warnAfterSeconds }),
    };
    return new SignJWT({ 'kubernetes.io': kubernetes })
      .setProtectedHeader(header)
      .setIssuer(issuer)
      .setSubject(serviceAccountUserName(namespace, serviceAccount.name))
      .setAudience([...audiences])
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + lifetimeSeconds)
      .sign(privateKey);
  };
}

/**
 * Checks signature, issuer, times and that one of `audiences` is the token's. `keys` are PEM texts, each a public key or the
 * private key it belongs to. Whether the account and the bound objects still exist is the caller's to ask. Throws InvalidToken.
 */
export function createTokenVerifier({ keys, issuer }: { keys: readonly string[]; issuer: string }): TokenVerifier {
  const byId = new Map(keys.map((pem) => createPublicKey(pem)).map((key) => [keyId(key), key]));
  return async (token, { audiences, now }) => {
    try {
      const { kid = '' } = decodeProtectedHeader(token);
      const key = byId.get(kid);
      if (!key) throw new InvalidToken(`unknown key id '${kid}'`);
      const { payload } = await jwtVerify(token, key, {
        issuer,
        audience: [...audiences],
        currentDate: new Date(now * 1000),
        algorithms: [algorithm(key)],
      });
      return claimsOf(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw new InvalidToken(error.message, { cause: error });
      throw error;
    }
  };
}

export const serviceAccountUserName = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string): string[] => ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];

/** The SHA-256 of the public key in DER, base64url: upstream's key ids. */
export function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

function algorithm(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const found = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }[curve ?? ''];
  if (found === undefined) throw new TypeError(`a key of type ${key.asymmetricKeyType ?? 'secret'} can't sign tokens`);
  return found;
}

function claimsOf({ aud = [], iat = 0, exp = 0, jti = '', ...rest }: JWTPayload): TokenClaims {
  const kubernetes = rest['kubernetes.io'] as
    | {
        namespace?: string;
        serviceaccount?: BoundReference;
        pod?: BoundReference;
        secret?: BoundReference;
        node?: BoundReference;
        warnafter?: number;
      }
    | undefined;
  if (!kubernetes?.namespace || !kubernetes.serviceaccount?.name) throw new InvalidToken('the token names no service account');
  const { namespace, serviceaccount, pod, secret, node, warnafter } = kubernetes;
  return {
    namespace,
    serviceAccount: serviceaccount,
    ...(pod && { pod }),
    ...(secret && { secret }),
    ...(node && { node }),
    ...(warnafter !== undefined && { warnAfter: warnafter }),
    audiences: typeof aud === 'string' ? [aud] : aud,
    issuedAt: iat,
    expiresAt: exp,
    id: jti,
  };
}
