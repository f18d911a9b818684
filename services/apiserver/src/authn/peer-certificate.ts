/** Whose certificate a connection came with. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { readCertificates } from '@t8s/auth';
import type { User } from '../context.ts';
import { certificateUser } from './client-certificate.ts';

/** A user; a front proxy that may say for whom it asks; or somebody whose certificate proves nothing here. */
export type Peer = { user: User } | { proxy: true } | { foreign: true };

export interface PeerOptions {
  /** PEM texts, with one or more certificates each: --client-ca-file, --requestheader-client-ca-file. */
  clientCa: string;
  requestHeaderCa: string | undefined;
  /** Common names a front proxy may have (--requestheader-allowed-names); none allows every one. */
  allowedNames: readonly string[];
}

/** Reads certificates that the TLS layer has checked against both CAs: what is left is to tell which one issued them. */
export class PeerCertificates {
  readonly #clients: readonly X509Certificate[];
  readonly #proxies: readonly X509Certificate[];
  readonly #allowedNames: readonly string[];

  constructor({ clientCa, requestHeaderCa, allowedNames }: PeerOptions) {
    this.#clients = readCertificates(clientCa);
    this.#proxies = requestHeaderCa === undefined ? [] : readCertificates(requestHeaderCa);
    this.#allowedNames = allowedNames;
  }

  /** Undefined where the connection came without a certificate. */
  read(socket: TLSSocket): Peer | undefined {
    const certificate = socket.getPeerX509Certificate?.();
    if (!certificate) return undefined;
    if (!socket.authorized) return { foreign: true };
    if (isIssuedBy(certificate, this.#proxies)) return this.#isAllowed(socket) ? { proxy: true } : { foreign: true };
    const user = isIssuedBy(certificate, this.#clients) ? certificateUser(socket.getPeerCertificate()) : null;
    return user ? { user } : { foreign: true };
  }

  #isAllowed(socket: TLSSocket): boolean {
    const name: unknown = socket.getPeerCertificate().subject?.CN;
    return this.#allowedNames.length === 0 || (typeof name === 'string' && this.#allowedNames.includes(name));
  }
}

/** By one of the authorities, or by an intermediate of theirs. */
function isIssuedBy(certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  for (let link: X509Certificate | undefined = certificate; link; link = link.issuerCertificate) {
    const child = link;
    if (authorities.some((ca) => child.checkIssued(ca) && child.verify(ca.publicKey))) return true;
  }
  return false;
}
