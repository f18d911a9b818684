/** X.509 certificates of a cluster: authorities, and what they issue (P-256, PEM in and out). Rules: RFC 5280, and kubeadm's names. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type GeneralNameType,
  type JsonGeneralName,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import {
  algorithm,
  certificatePem,
  exportKey,
  generateKeys,
  importKey,
  type KeyPair,
  readCertificate,
  readNodeCertificate,
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
  const keys = await generateKeys();
  const cert = await X509CertificateGenerator.createSelfSigned({
    keys,
    name: [{ CN: [commonName] }],
    notBefore: new Date(now.getTime() - clockSkew),
    notAfter: new Date(now.getTime() + days * day),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: commonName }]),
    ],
  });
  return { cert: certificatePem(cert), key: await exportKey(keys.privateKey) };
}

/** Issues a certificate with a new key. Throws CertificateError where the authority's texts are not what they should be. */
export async function issueCertificate(options: IssueCertificateOptions): Promise<KeyPair> {
  const { ca, subject, usages, hosts = [], days = 365, now = new Date() } = options;
  const authority = readCertificate(ca.cert);
  const signing = await importKey(ca.key);
  const keys = await generateKeys();
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new ExtendedKeyUsageExtension(usages.map((usage) => (usage === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth))),
    await AuthorityKeyIdentifierExtension.create(authority.publicKey),
  ];
  if (hosts.length > 0) extensions.push(new SubjectAlternativeNameExtension(hosts.map(generalName)));
  const cert = await X509CertificateGenerator.create({
    subject: subjectName(subject),
    issuer: authority.subjectName,
    publicKey: keys.publicKey,
    ...signing,
    notBefore: new Date(now.getTime() - clockSkew),
    notAfter: new Date(Math.min(now.getTime() + days * day, authority.notAfter.getTime())),
    extensions,
  });
  return { cert: certificatePem(cert), key: await exportKey(keys.privateKey) };
}

/** From when until when a certificate is good. Throws CertificateError. */
export function certificateLife(pem: string): { notBefore: Date; notAfter: Date } {
  const { notBefore, notAfter } = readCertificate(pem);
  return { notBefore, notAfter };
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
  const [own, authority] = [readNodeCertificate(cert), readNodeCertificate(ca)];
  return own.verify(authority.publicKey) && Date.parse(own.validTo) > now.getTime() + daysLeft * day && isCertificateOf(cert, holder);
}

/** Whether a certificate names `subject` and no other, and each of `hosts`. Throws CertificateError. */
export function isCertificateOf(pem: string, { subject, hosts = [] }: { subject: Identity; hosts?: readonly string[] }): boolean {
  const own = readNodeCertificate(pem);
  const { subjectName: name } = readCertificate(pem);
  return (
    name.getField('CN').join() === subject.commonName &&
    name.getField('O').join() === (subject.organizations ?? []).join() &&
    hosts.every((host) => (isIP(host) ? own.checkIP(host) : own.checkHost(host, { wildcards: false })) !== undefined)
  );
}

/** A P-256 pair for signing service-account tokens: private PKCS#8 and public SPKI, both PEM. */
export async function createSigningKey(): Promise<{ privateKey: string; publicKey: string }> {
  const keys = await generateKeys();
  const spki = await webcrypto.subtle.exportKey('spki', keys.publicKey);
  return { privateKey: await exportKey(keys.privateKey), publicKey: `${PemConverter.encode(spki, 'PUBLIC KEY')}\n` };
}

export const generalName = (host: string): JsonGeneralName => ({
  type: (isIP(host) ? 'ip' : 'dns') satisfies GeneralNameType,
  value: host,
});

export const subjectName = ({ commonName, organizations = [] }: Identity): JsonName => [
  ...organizations.map((name) => ({ O: [name] })),
  { CN: [commonName] },
];
