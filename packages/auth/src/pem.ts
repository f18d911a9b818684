/** Keys and certificates, from PEM texts and into them. */
import { createPrivateKey, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import type { X509Certificate as MadeCertificate } from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

/** The text in hand is no certificate or key that we can use. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** What new keys are of. */
export const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Authorities that others have made bring keys of other kinds; by OpenSSL's names. */
const curves: Record<string, { namedCurve: string; hash: string }> = {
  prime256v1: algorithm,
  secp384r1: { namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { namedCurve: 'P-521', hash: 'SHA-512' },
};

export const generateKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

/**
 * The library that makes certificates and reads requests for them; loaded by the first who does, since it takes 5 MB.
 * It is CommonJS: of such a module a bundle in pieces exports nothing but the default.
 */
export async function x509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return (await import('@peculiar/x509')).default;
}

/** A certificate as that library has it, which signs by it. Throws CertificateError. */
export async function readAuthority(pem: string): Promise<MadeCertificate> {
  const { X509Certificate: Made } = await x509();
  return reader('certificate', () => new Made(pem))(pem);
}

export const certificatePem = (cert: MadeCertificate): string => `${cert.toString('pem')}\n`;

/** PKCS#8. */
export const exportKey = (key: webcrypto.CryptoKey): string => KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();

/** SPKI. */
export const exportPublicKey = (key: webcrypto.CryptoKey): string => KeyObject.from(key).export({ type: 'spki', format: 'pem' }).toString();

export interface SigningKey {
  signingKey: webcrypto.CryptoKey;
  signingAlgorithm: { name: string; hash: string };
}

/** A key to sign with: RSA, or ECDSA on a NIST curve, in any PEM form. Throws CertificateError. */
export async function importKey(pem: string): Promise<SigningKey> {
  const key = readPrivateKey(pem);
  const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (!curve && key.asymmetricKeyType !== 'rsa') throw new CertificateError('the private key is neither RSA nor ECDSA on a NIST curve');
  const signingAlgorithm = curve ? { ...curve, name: 'ECDSA' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const der = key.export({ format: 'der', type: 'pkcs8' });
  return { signingKey: await webcrypto.subtle.importKey('pkcs8', der, signingAlgorithm, false, ['sign']), signingAlgorithm };
}

/** Throws what a parser throws as CertificateError. */
export const reader =
  <T>(what: string, read: (pem: string) => T) =>
  (pem: string): T => {
    try {
      return read(pem);
    } catch (error) {
      throw new CertificateError(`not a ${what}: ${(error as Error).message}`, { cause: error });
    }
  };

/** Throws CertificateError. */
export const readCertificate = reader('certificate', (pem) => new X509Certificate(pem));
/** Throws CertificateError. */
export const readPrivateKey = reader('private key', (pem) => createPrivateKey(pem));

/** All that a bundle holds. Throws CertificateError where one can't be read, or there is none. */
export function readCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new CertificateError('data does not contain any valid RSA or ECDSA certificates');
  return blocks.map(readCertificate);
}
