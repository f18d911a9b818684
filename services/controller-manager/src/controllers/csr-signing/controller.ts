/** Signs approved requests of the cluster's own signers, each by its rules; one that breaks them is marked Failed. */
import { type CertificateSigningRequest, certificateSigningRequestKind } from '@t8s/api';
import { type KeyPair, type RequestedCertificate, readCertificateRequest, signCertificateRequest } from '@t8s/auth';
import { Controller } from '@t8s/controller';
import { formatTime, ifFound } from '@t8s/meta';
import { kubeletClientFlaw, kubeletServingFlaw, signers } from '../../certificates/kubelet-requests.ts';
import { conditionOf, requestPem, withCondition } from '../../certificates/requests.ts';
import type { ControllerContext } from '../../context.ts';

export interface SigningOptions {
  /** By signer. Requests of others wait for somebody else. */
  authorities: Readonly<Record<string, KeyPair>>;
  /** The longest life of a certificate, and the usual one; milliseconds. */
  duration: number;
}

/** Clocks of others may be behind. Milliseconds, as the next two. */
const backdate = 5 * 60_000;
const shortest = 10 * 60_000;
/** Certificates that live shorter than this end when they were asked to; others give the backdating back. */
const short = 8 * 3_600_000;

const rules: Record<string, (asked: RequestedCertificate, usages: readonly string[]) => string | undefined> = {
  [signers.client]: (_, usages) => clientUsagesFlaw(usages),
  [signers.kubeletClient]: kubeletClientFlaw,
  [signers.kubeletServing]: kubeletServingFlaw,
  // Older clients may ask for anything here: an administrator has looked at it.
  [signers.legacy]: () => undefined,
};

export function csrSigningController(
  { client, informers, clock, log }: ControllerContext,
  { authorities, duration }: SigningOptions,
): Controller {
  const requests = informers.informer(certificateSigningRequestKind);
  const controller = new Controller({ name: 'csrsigning', informers: [requests], reconcile, log, clock });
  controller.watch(requests, ({ metadata, spec }) => (authorities[spec.signerName] ? [metadata.name ?? ''] : []));
  return controller;

  async function reconcile(name: string): Promise<void> {
    const csr = requests.get(name);
    const ca = authorities[csr?.spec.signerName ?? ''];
    if (!csr || !ca || csr.status?.certificate || !conditionOf(csr, 'Approved') || conditionOf(csr, 'Failed')) return;
    const flaw = rules[csr.spec.signerName]?.(await readCertificateRequest(requestPem(csr)), csr.spec.usages ?? []);
    const answer = flaw === undefined ? await signed(csr, ca) : failed(csr, flaw);
    await ifFound(client.resource(certificateSigningRequestKind).updateStatus(answer));
  }

  function failed(csr: CertificateSigningRequest, message: string): CertificateSigningRequest {
    const lastUpdateTime = formatTime(clock.now());
    return withCondition(csr, { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, lastUpdateTime });
  }

  async function signed(csr: CertificateSigningRequest, ca: KeyPair): Promise<CertificateSigningRequest> {
    const now = clock.now();
    const { usages = [], expirationSeconds } = csr.spec;
    const life = expirationSeconds === undefined ? duration : Math.min(duration, Math.max(shortest, expirationSeconds * 1000));
    const certificate = await signCertificateRequest({
      ca,
      request: requestPem(csr),
      usages,
      notBefore: new Date(now - backdate),
      notAfter: new Date(now + (life < short ? life : life - backdate)),
      now: new Date(now),
    });
    return { ...csr, status: { ...csr.status, certificate: Buffer.from(certificate).toString('base64') } };
  }
}

function clientUsagesFlaw(usages: readonly string[]): string | undefined {
  const other = usages.find((usage) => !['digital signature', 'key encipherment', 'client auth'].includes(usage));
  if (other !== undefined) return `invalid usage for client certificate: ${other}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}
