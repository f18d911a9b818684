/** Whether a service-account token is one of ours, and what it says. Whether what it speaks of is still there is the caller's to ask. */
import { createHash } from 'node:crypto';
import { compactVerify, decodeJwt, decodeProtectedHeader, errors, type JWTPayload } from 'jose';
import { type BoundReference, legacyClaims, legacyIssuer, serviceAccountUserName, type TokenSubject } from './service-account-tokens.ts';
import type { TokenKey } from './token-keys.ts';

export interface TokenClaims extends TokenSubject {
  /** `system:serviceaccount:<namespace>:<name>`. */
  user: string;
  /** Empty for tokens of secrets: they are for the API only. */
  audiences: readonly string[];
  /** The token's own id, for logs; empty for tokens of secrets. */
  id: string;
  /** When the token should have been replaced; seconds since the epoch. */
  warnAfter?: number;
  /** A token of a secret (whose uid it doesn't tell): good only while the secret holds this very token. */
  isLegacy: boolean;
}

/** Somebody signs as we do, but the token is not, or no longer, good. The message is upstream's, and holds nothing of the token. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
}

/** Undefined where the token is no JWT of our issuers. `now` in seconds since the epoch. Throws InvalidToken. */
export type TokenVerifier = (token: string, now: number) => Promise<TokenClaims | undefined>;

/** Tokens whose signature is known to be right; the oldest are forgotten first. */
const maxVerified = 4096;

/** How far the clock of who issued the token may be off. Seconds. */
export const leewaySeconds = 60;

/**
 * Checks signature, issuer and times. A token that names one of `keys` must be signed by it, others may be by any.
 */
export function createTokenVerifier({ keys, issuers }: { keys: readonly TokenKey[]; issuers: readonly string[] }): TokenVerifier {
  const accepted = new Set([...issuers, legacyIssuer]);
  // Checking a signature costs more than most requests; what it has shown stays true.
  const verified = new Map<string, JWTPayload>();
  return async (token, now) => {
    const digest = createHash('sha256').update(token).digest('base64');
    let payload = verified.get(digest);
    if (!payload) {
      const { issuer, keyId } = said(token) ?? {};
      if (issuer === undefined || !accepted.has(issuer)) return undefined;
      payload = await verify(token, keyId ? keys.filter(({ id }) => id === keyId) : keys);
      const [oldest = ''] = verified.keys();
      if (verified.size >= maxVerified) verified.delete(oldest);
      verified.set(digest, payload);
    }
    const isLegacy = payload.iss === legacyIssuer && payload['kubernetes.io'] === undefined;
    if (isLegacy) return legacyTokenClaims(payload);
    checkTimes(payload, now);
    return boundTokenClaims(payload);
  };
}

/** What the token says of itself, believed for nothing but to tell whether it is for us to judge, and by which key. */
function said(token: string): { issuer?: string; keyId?: string } | undefined {
  try {
    const [{ iss }, { kid }] = [decodeJwt(token), decodeProtectedHeader(token)];
    return { ...(typeof iss === 'string' && { issuer: iss }), ...(typeof kid === 'string' && { keyId: kid }) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

async function verify(token: string, keys: readonly TokenKey[]): Promise<JWTPayload> {
  for (const { key, algorithm } of keys) {
    try {
      await compactVerify(token, key, { algorithms: [algorithm] });
      return decodeJwt(token);
    } catch (error) {
      if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
    }
  }
  throw new InvalidToken(keys.length === 0 ? 'invalid signature, no keys found' : 'go-jose/go-jose: error in cryptographic primitive');
}

function checkTimes({ exp, nbf, iat }: JWTPayload, now: number): void {
  if ([exp, nbf, iat].some((time: unknown) => time !== undefined && typeof time !== 'number'))
    throw new InvalidToken('expected number value to unmarshal NumericDate');
  if (exp !== undefined && now - leewaySeconds > exp) throw new InvalidToken('service account token has expired');
  if (nbf !== undefined && now + leewaySeconds < nbf) throw new InvalidToken('service account token is not valid yet');
  if (iat !== undefined && now + leewaySeconds < iat)
    throw new InvalidToken('service account token claims could not be validated due to unexpected validation error');
}

interface KubernetesClaims {
  namespace?: string;
  serviceaccount?: BoundReference;
  pod?: BoundReference;
  secret?: BoundReference;
  node?: BoundReference;
  warnafter?: number;
}

function boundTokenClaims({ aud = [], jti = '', ...rest }: JWTPayload): TokenClaims {
  const { namespace, serviceaccount, pod, secret, node, warnafter } = (rest['kubernetes.io'] ?? {}) as KubernetesClaims;
  if (!namespace || !serviceaccount?.name) throw new InvalidToken('the token names no service account');
  return {
    user: serviceAccountUserName(namespace, serviceaccount.name),
    namespace,
    serviceAccount: serviceaccount,
    ...(pod && { pod }),
    ...(secret && { secret }),
    ...(node && { node }),
    ...(warnafter !== undefined && { warnAfter: warnafter }),
    audiences: [aud].flat(),
    id: jti,
    isLegacy: false,
  };
}

function legacyTokenClaims({ sub, ...rest }: JWTPayload): TokenClaims {
  const claim = (key: keyof typeof legacyClaims, missing: string): string => {
    const value = rest[legacyClaims[key]];
    if (typeof value !== 'string' || value === '') throw new InvalidToken(`${missing} claim is missing`);
    return value;
  };
  if (!sub) throw new InvalidToken('sub claim is missing');
  const namespace = claim('namespace', 'namespace');
  const secret = { name: claim('secretName', 'secretName'), uid: '' };
  const serviceAccount = { name: claim('accountName', 'serviceAccountName'), uid: claim('accountUid', 'serviceAccountUID') };
  const user = serviceAccountUserName(namespace, serviceAccount.name);
  if (sub !== user) throw new InvalidToken('sub claim is invalid');
  return { user, namespace, serviceAccount, secret, audiences: [], id: '', isLegacy: true };
}
