/** The keys that sign service-account tokens: what key files hold, how tokens name a key, and how others are told of it. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { CertificateError } from './pem.ts';

/** A public key by which tokens are verified. */
export interface TokenKey {
  key: KeyObject;
  id: string;
  /** Of JWTs (RFC 7518). */
  algorithm: string;
}

/** Every key of a PEM text: public keys, and those of private keys and certificates. Throws CertificateError where there is none. */
export function tokenKeys(pem: string): TokenKey[] {
  const blocks = pem.match(/-----BEGIN ([A-Z ]*KEY|CERTIFICATE)-----[\s\S]*?-----END \1-----/g) ?? [];
  if (blocks.length === 0) throw noKeys();
  return blocks.map((block) => tokenKey(read(block)));
}

export function tokenKey(key: KeyObject): TokenKey {
  return { key, id: keyId(key), algorithm: algorithmOf(key) };
}

/** The key set that relying parties verify our tokens with (RFC 7517), in the order of Go's JOSE library. */
export function keySet(keys: readonly TokenKey[]): { keys: object[] } {
  return {
    keys: keys.map(({ key, id, algorithm }) => {
      const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
      return { use: 'sig', kty, kid: id, crv, alg: algorithm, x, y, n, e };
    }),
  };
}

function read(block: string): KeyObject {
  try {
    return createPublicKey(block);
  } catch (cause) {
    throw noKeys(cause);
  }
}

const noKeys = (cause?: unknown): CertificateError =>
  new CertificateError('data does not contain any valid RSA or ECDSA public keys', { cause });

/** The SHA-256 of the public key in DER, base64url: upstream's key ids. */
function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

function algorithmOf(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  const found = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (found === undefined) throw noKeys();
  return found;
}
