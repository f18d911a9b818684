/** Service-account tokens: JWTs with the claims that upstream's TokenRequest (KEP-1205) and token controller put in. */
import { createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { CertificateError } from './pem.ts';
import { tokenKey } from './token-keys.ts';

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

export interface IssueOptions {
  subject: TokenSubject;
  audiences: readonly string[];
  /** Seconds since the epoch. */
  now: number;
  lifetimeSeconds: number;
  /** After how long the token should have been replaced, where that is earlier than its end. */
  warnAfterSeconds?: number;
}

/** A token, and the id it has in logs. */
export interface IssuedToken {
  token: string;
  id: string;
}

export type TokenIssuer = (options: IssueOptions) => Promise<IssuedToken>;

/** Signs with a PEM private key (RSA or ECDSA). Throws CertificateError for a text that holds none. */
export function createTokenIssuer({ key, issuer }: { key: string; issuer: string }): TokenIssuer {
  const sign = signer(key);
  return async ({ subject, audiences, now, lifetimeSeconds, warnAfterSeconds }) => {
    const { namespace, serviceAccount, pod, secret, node } = subject;
    const kubernetes = {
      namespace,
      ...(node && { node: { name: node.name, ...(node.uid && { uid: node.uid }) } }),
      ...(pod && { pod }),
      ...(secret && { secret }),
      serviceaccount: serviceAccount,
      ...(warnAfterSeconds !== undefined && { warnafter: now + warnAfterSeconds }),
    };
    const id = randomUUID();
    const jwt = new SignJWT({ 'kubernetes.io': kubernetes })
      .setIssuer(issuer)
      .setSubject(serviceAccountUserName(namespace, serviceAccount.name))
      .setAudience([...audiences])
      .setJti(id)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + lifetimeSeconds);
    return { token: await sign(jwt), id };
  };
}

/** Who signs the tokens of secrets. */
export const legacyIssuer = 'kubernetes/serviceaccount';

/** The claims of tokens of secrets: such a token does not expire, but is good only while its secret holds it. */
export const legacyClaims = {
  namespace: 'kubernetes.io/serviceaccount/namespace',
  secretName: 'kubernetes.io/serviceaccount/secret.name',
  accountName: 'kubernetes.io/serviceaccount/service-account.name',
  accountUid: 'kubernetes.io/serviceaccount/service-account.uid',
} as const;

export interface LegacySubject {
  namespace: string;
  serviceAccount: BoundReference;
  secretName: string;
}

/** Signs tokens for secrets of type kubernetes.io/service-account-token. Throws CertificateError for a text that holds no key. */
export function createLegacyTokenIssuer(key: string): (subject: LegacySubject) => Promise<string> {
  const sign = signer(key);
  return ({ namespace, serviceAccount: { name, uid }, secretName }) =>
    sign(
      new SignJWT({
        [legacyClaims.namespace]: namespace,
        [legacyClaims.secretName]: secretName,
        [legacyClaims.accountName]: name,
        [legacyClaims.accountUid]: uid,
      })
        .setIssuer(legacyIssuer)
        .setSubject(serviceAccountUserName(namespace, name)),
    );
}

export const serviceAccountUserName = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string): string[] => ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];

function signer(pem: string): (jwt: SignJWT) => Promise<string> {
  const key = privateKey(pem);
  const { algorithm: alg, id: kid } = tokenKey(createPublicKey(key));
  return (jwt) => jwt.setProtectedHeader({ alg, kid }).sign(key);
}

function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new CertificateError('data does not contain a valid RSA or ECDSA private key', { cause });
  }
}
