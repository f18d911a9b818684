/** A certificate asked for through the API: a new key, a CertificateSigningRequest, and the wait for its answer. */
import { type CertificateSigningRequest, certificateSigningRequestKind } from '@t8s/api';
import type { Clock } from '@t8s/async';
import { createCertificateRequest, type Identity, type KeyPair } from '@t8s/auth';
import type { Client } from '@t8s/client';
import { Informer } from '@t8s/informer';
import type { Logger } from '@t8s/telemetry';

export interface WantedCertificate {
  subject: Identity;
  hosts: readonly string[];
  signerName: string;
  usages: string[];
}

/** Who a node is. */
export const nodeIdentity = (nodeName: string): Identity => ({ commonName: `system:node:${nodeName}`, organizations: ['system:nodes'] });

export interface RequestOptions {
  client: Client;
  wanted: WantedCertificate;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/** The request was denied or deleted, broke the signer's rules, or nobody has answered in time. */
export class CertificateRefused extends Error {
  override readonly name = 'CertificateRefused';
}

/** How long an answer may take (upstream's), in milliseconds: somebody may have to approve it. */
const patience = 15 * 60_000;

/** Throws CertificateRefused, StatusError or ConnectionError; the signal's reason when it aborts. */
export async function requestCertificate({ client, wanted, clock, log, signal }: RequestOptions): Promise<KeyPair> {
  const { subject, hosts, signerName, usages } = wanted;
  const { request, key } = await createCertificateRequest(subject, hosts);
  const { metadata } = await client.resource(certificateSigningRequestKind).create({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { generateName: 'csr-' },
    spec: { request: Buffer.from(request).toString('base64'), signerName, usages },
  });
  const { name = '' } = metadata;
  log.info({ csr: name, signer: signerName }, 'waiting for a certificate');
  const cert = await answer({ client, clock, log, signal }, name);
  return { cert, key };
}

function answer({ client, clock, log, signal }: Omit<RequestOptions, 'wanted'>, name: string): Promise<string> {
  const done = new AbortController();
  const informer = new Informer({ client, kind: certificateSigningRequestKind, fieldSelector: `metadata.name=${name}`, log, clock });
  return new Promise<string>((resolve, reject) => {
    const refuse = (why: string): void => reject(new CertificateRefused(why));
    const look = ({ metadata, status }: CertificateSigningRequest): void => {
      // A server, or a double of one, may not select by name.
      if (metadata.name !== name) return;
      for (const { type, reason = '', message = '' } of status?.conditions ?? []) {
        if (type === 'Denied') refuse(`certificate signing request is denied, reason: ${reason}, message: ${message}`);
        if (type === 'Failed') refuse(`certificate signing request failed, reason: ${reason}, message: ${message}`);
      }
      if (status?.certificate) resolve(Buffer.from(status.certificate, 'base64').toString());
    };
    informer.addHandler({
      added: look,
      updated: look,
      deleted: ({ metadata }) => metadata.name === name && refuse(`certificate signing request ${name} is deleted`),
    });
    const giveUp = clock.after(patience, () => refuse(`certificate signing request ${name} has no answer`));
    done.signal.addEventListener('abort', giveUp);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: done.signal });
    informer.run(AbortSignal.any([signal, done.signal])).catch(reject);
  }).finally(() => done.abort());
}
