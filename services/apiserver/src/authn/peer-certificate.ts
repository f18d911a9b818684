/** Whose certificate a connection came with. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { readCertificates } from '@t8s/auth';
import type { User } from '../context.ts';
import type { Trust } from '../serving-files.ts';
import { certificateUser } from './client-certificate.ts';

/** A user; a front proxy that may say for whom it asks; or somebody whose certificate proves nothing here. */
export type Peer = { user: User } | { proxy: true } | { foreign: true };

export interface PeerOptions {
  trust: Trust;
  /** Common names a front proxy may have (--requestheader-allowed-names); none allows every one. */
  allowedNames: readonly string[];
}

/** Reads certificates that the TLS layer has checked against both CAs: what is left is to tell which one issued them. */
export class PeerCertificates {
  readonly #allowedNames: readonly string[];
  #clients: readonly X509Certificate[] = [];
  #proxies: readonly X509Certificate[] = [];
  /** A connection's certificate never changes, but what it proves does: with its end, and with the CAs. */
  #bySocket = new WeakMap<TLSSocket, { peer: Peer; until: number }>();

  constructor({ trust, allowedNames }: PeerOptions) {
    this.#allowedNames = allowedNames;
    this.trust(trust);
  }

  /** Believes these from now on; connections that are open are looked at anew. */
  trust({ clientCa, requestHeaderCa }: Trust): void {
    this.#clients = readCertificates(clientCa);
    this.#proxies = requestHeaderCa === undefined ? [] : readCertificates(requestHeaderCa);
    this.#bySocket = new WeakMap();
  }

  /** Undefined where the connection came without a certificate. */
  read(socket: TLSSocket): Peer | undefined {
    const known = this.#bySocket.get(socket);
    if (known) return known.until < Date.now() ? { foreign: true } : known.peer;
    const certificate = socket.getPeerX509Certificate?.();
    if (!certificate) return undefined;
    const peer = this.#peer(socket, certificate);
    this.#bySocket.set(socket, { peer, until: Date.parse(certificate.validTo) });
    return peer;
  }

  #peer(socket: TLSSocket, certificate: X509Certificate): Peer {
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
