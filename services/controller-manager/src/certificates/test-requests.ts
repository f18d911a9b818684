/** Certificate signing requests for the tests of their controllers. */
import type { CertificateSigningRequest, CertificateSigningRequestSpec } from '@t8s/api';
import { createCertificateRequest, type Identity } from '@t8s/auth';
import { signers } from './kubelet-requests.ts';

export const node: Identity = { commonName: 'system:node:a', organizations: ['system:nodes'] };

/** A kubelet's for a client certificate, where not said otherwise. */
export async function csr(
  name: string,
  {
    subject = node,
    hosts = [],
    approved = false,
    ...spec
  }: Partial<CertificateSigningRequestSpec> & { subject?: Identity; hosts?: string[]; approved?: boolean } = {},
): Promise<CertificateSigningRequest> {
  const { request } = await createCertificateRequest(subject, hosts);
  return {
    metadata: { name },
    spec: {
      signerName: signers.kubeletClient,
      usages: ['digital signature', 'client auth'],
      request: Buffer.from(request).toString('base64'),
      ...spec,
    },
    status: { conditions: approved ? [{ type: 'Approved', status: 'True' }] : [] },
  };
}
