/** X.509 certificates of a cluster: authorities, and what they issue (P-256, PEM in and out). Rules: RFC 5280, and kubeadm's names. */
import { isIP } from 'node:net';
import type { Extension, GeneralNameType, JsonGeneralName, JsonName } from '@peculiar/x509';
import {
  algorithm,
  certificatePem,
  exportKey,
  exportPublicKey,
  generateKeys,
  importKey,
  type KeyPair,
  readAuthority,
  readCertificate,
  x509,
} from './pem.ts';

/** Whom a certificate names: Kubernetes reads the user from the common name and the groups from the organisations. */
export interface Identity {
  commonName: string;
  organizations?: readonly string[];
}

export interface IssueCertificateOptions {
  ca: KeyPair;
  subject: Identity;
  usages: readonly ('server' | 'client')[];
  /** DNS names and IP addresses that the holder answers at. */
  hosts?: readonly string[];
  /** A year where not given; never beyond the authority's own end. */
  days?: number;
  now?: Date;
}

const day = 86_400_000;
/** Certificates are good a little before they are made: clocks of other machines may be behind. */
const clockSkew = 5 * 60_000;

/** Makes a self-signed authority, good for ten years where not said otherwise. */
export async function createCa({
  commonName,
  days = 3650,
  now = new Date(),
}: {
  commonName: string;
  days?: number;
  now?: Date;
}): Promise<KeyPair> {
  const { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, SubjectAlternativeNameExtension, ...made } = await x509();
  const keys = await generateKeys();
  const cert = await made.X509CertificateGenerator.createSelfSigned({
    keys,
    name: [{ CN: [commonName] }],
    notBefore: new Date(now.getTime() - clockSkew),
    notAfter: new Date(now.getTime() + days * day),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyCertSign, true),
      await made.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: commonName }]),
    ],
  });
  return { cert: certificatePem(cert), key: exportKey(keys.privateKey) };
}

/** Issues a certificate with a new key. Throws CertificateError where the authority's texts are not what they should be. */
export async function issueCertificate(options: IssueCertificateOptions): Promise<KeyPair> {
  const { ca, subject, usages, hosts = [], days = 365, now = new Date() } = options;
  const { BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, ...made } =
    await x509();
  const authority = await readAuthority(ca.cert);
  const signing = await importKey(ca.key);
  const keys = await generateKeys();
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new ExtendedKeyUsageExtension(usages.map((usage) => (usage === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth))),
    await made.AuthorityKeyIdentifierExtension.create(authority.publicKey),
  ];
  if (hosts.length > 0) extensions.push(new made.SubjectAlternativeNameExtension(hosts.map(generalName)));
  const cert = await made.X509CertificateGenerator.create({
    subject: subjectName(subject),
    issuer: authority.subjectName,
    publicKey: keys.publicKey,
    ...signing,
    notBefore: new Date(now.getTime() - clockSkew),
    notAfter: new Date(Math.min(now.getTime() + days * day, authority.notAfter.getTime())),
    extensions,
  });
  return { cert: certificatePem(cert), key: exportKey(keys.privateKey) };
}

/** From when until when a certificate is good. Throws CertificateError. */
export function certificateLife(pem: string): { notBefore: Date; notAfter: Date } {
  const { validFrom, validTo } = readCertificate(pem);
  return { notBefore: new Date(validFrom), notAfter: new Date(validTo) };
}

/** Whether `cert` can serve now: issued by `ca` to `subject`, at least `daysLeft` days to go, and good for each of `hosts`. */
export function isUsableCertificate(options: {
  cert: string;
  ca: string;
  subject: Identity;
  hosts?: readonly string[];
  daysLeft?: number;
  now?: Date;
}): boolean {
  const { cert, ca, daysLeft = 30, now = new Date(), ...holder } = options;
  const [own, authority] = [readCertificate(cert), readCertificate(ca)];
  return own.verify(authority.publicKey) && Date.parse(own.validTo) > now.getTime() + daysLeft * day && isCertificateOf(cert, holder);
}

/** Whether a certificate names `subject` and no other, and each of `hosts`. Throws CertificateError. */
export function isCertificateOf(pem: string, { subject, hosts = [] }: { subject: Identity; hosts?: readonly string[] }): boolean {
  const own = readCertificate(pem);
  const { CN, O } = own.toLegacyObject().subject as { CN?: string | string[]; O?: string | string[] };
  return (
    String(CN) === subject.commonName &&
    String(O ?? []) === (subject.organizations ?? []).join() &&
    hosts.every((host) => (isIP(host) ? own.checkIP(host) : own.checkHost(host, { wildcards: false })) !== undefined)
  );
}

/** A P-256 pair for signing service-account tokens: private PKCS#8 and public SPKI, both PEM. */
export async function createSigningKey(): Promise<{ privateKey: string; publicKey: string }> {
  const { privateKey, publicKey } = await generateKeys();
  return { privateKey: exportKey(privateKey), publicKey: exportPublicKey(publicKey) };
}

export const generalName = (host: string): JsonGeneralName => ({
  type: (isIP(host) ? 'ip' : 'dns') satisfies GeneralNameType,
  value: host,
});

export const subjectName = ({ commonName, organizations = [] }: Identity): JsonName => [
  ...organizations.map((name) => ({ O: [name] })),
  { CN: [commonName] },
];
