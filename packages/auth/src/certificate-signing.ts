/** Certificates for those who ask by a PKCS #10 request, as upstream's signer makes them (v1.34). */
import type { Extension, GeneralNameType } from '@peculiar/x509';
import { generalName, type Identity, subjectName } from './certificates.ts';
import {
  algorithm,
  CertificateError,
  certificatePem,
  exportKey,
  generateKeys,
  importKey,
  type KeyPair,
  readAuthority,
  readCertificate,
  readPrivateKey,
  x509,
} from './pem.ts';

/** Bits of the extension (RFC 5280, 4.2.1.3). */
const keyUsages: Record<string, number> = {
  signing: 1,
  'digital signature': 1,
  'content commitment': 2,
  'key encipherment': 4,
  'key agreement': 16,
  'data encipherment': 8,
  'cert sign': 32,
  'crl sign': 64,
  'encipher only': 128,
  'decipher only': 256,
};

const extendedKeyUsages: Record<string, string> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

/** Names of other types are left out. */
const kept = new Set<GeneralNameType>(['dns', 'email', 'ip', 'url']);

/** A new key, and the request (PEM) for a certificate that names `subject` and `hosts`. */
export async function createCertificateRequest(
  subject: Identity,
  hosts: readonly string[] = [],
): Promise<{ request: string; key: string }> {
  const { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } = await x509();
  const keys = await generateKeys();
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: subjectName(subject),
    keys,
    signingAlgorithm: algorithm,
    extensions: hosts.length === 0 ? [] : [new SubjectAlternativeNameExtension(hosts.map(generalName))],
  });
  return { request: `${request.toString('pem')}\n`, key: exportKey(keys.privateKey) };
}

/** Throws CertificateError where certificate and key of an authority are not of each other. */
export function checkAuthority({ cert, key }: KeyPair): void {
  if (!readCertificate(cert).checkPrivateKey(readPrivateKey(key))) throw new CertificateError('the key is not of the certificate');
}

export interface SignRequestOptions {
  ca: KeyPair;
  /** PEM; its signature has been checked. */
  request: string;
  /** In the API's words. */
  usages: readonly string[];
  notBefore: Date;
  /** The authority's own end is the latest. */
  notAfter: Date;
  now: Date;
}

/** Subject, key and names are the request's; of what else it wants, nothing is taken. Throws CertificateError. */
export async function signCertificateRequest({ ca, request, usages, now, ...times }: SignRequestOptions): Promise<string> {
  const { BasicConstraintsExtension, ExtendedKeyUsageExtension, KeyUsagesExtension, SubjectAlternativeNameExtension, ...made } =
    await x509();
  const authority = await readAuthority(ca.cert);
  if (authority.notAfter <= now)
    throw new CertificateError(`refusing to sign a certificate that expired in the past: NotAfter=${authority.notAfter.toISOString()}`);
  const asked = new made.Pkcs10CertificateRequest(request);
  const unknown = usages.find((usage) => !(usage in keyUsages) && !(usage in extendedKeyUsages));
  if (unknown !== undefined) throw new CertificateError(`unrecognized usage: ${unknown}`);
  const flags = usages.reduce((all, usage) => all | (keyUsages[usage] ?? 0), 0);
  const wanted = new Set(
    Object.keys(extendedKeyUsages).flatMap((usage) => (usages.includes(usage) ? [extendedKeyUsages[usage] ?? ''] : [])),
  );
  const names = asked.extensions.find((extension) => extension instanceof SubjectAlternativeNameExtension);
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    ...(flags === 0 ? [] : [new KeyUsagesExtension(flags, true)]),
    ...(wanted.size === 0 ? [] : [new ExtendedKeyUsageExtension([...wanted])]),
    ...(names
      ? [
          new SubjectAlternativeNameExtension(
            names.names.items.map((name) => name.toJSON()).filter(({ type }) => kept.has(type)),
            asked.subject === '',
          ),
        ]
      : []),
    await made.AuthorityKeyIdentifierExtension.create(authority.publicKey),
  ];
  const cert = await made.X509CertificateGenerator.create({
    subject: asked.subjectName,
    issuer: authority.subjectName,
    publicKey: asked.publicKey,
    ...(await importKey(ca.key)),
    notBefore: times.notBefore,
    notAfter: new Date(Math.min(times.notAfter.getTime(), authority.notAfter.getTime())),
    extensions,
  });
  return certificatePem(cert);
}
